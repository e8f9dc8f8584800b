public import QueueModel

/// A job that runs here, as it is at this instant.
public struct RunningJob: Sendable {
    /// The job as it was when it was claimed.
    public let job: JobRecord
    /// The number of the present attempt.
    public let attempt: Int
    /// When the present attempt began.
    public let startedAt: Timestamp
    /// How far it is; `nil` if it has reported nothing and no job of its type has ended well so far.
    public let progress: JobProgress?
    /// The bytes that the attempt has reported so far.
    public let io: IOAmount
    /// Why it was asked to stop, if it was.
    public let cancellation: CancellationReason?
}
