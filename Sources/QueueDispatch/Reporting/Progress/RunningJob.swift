public import QueueModel

extension JobQueue {
    /// A job that runs here, at one instant.
    public struct RunningJob: Sendable {
        /// The job as it was when it was claimed.
        public let job: JobRecord
        /// The number of the present attempt.
        public let attempt: Int
        /// When the present attempt began.
        public let startedAt: Timestamp
        /// Its progress; `nil` if it has reported nothing and no job of its type has completed so far.
        public let progress: JobProgress?
        /// The bytes that the attempt has reported so far.
        public let io: IOAmount
        /// The reason for which it was asked to stop; `nil` if it was not.
        public let cancellation: JobContext.CancellationReason?
    }
}
