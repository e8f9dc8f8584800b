/// The outcome of an ended attempt, as metrics distinguish it.
///
/// The raw values number the cases from 0.
public enum AttemptOutcome: UInt8, Hashable, Sendable, CaseIterable {
    /// The job completed.
    case completed
    /// The job failed permanently.
    case failed
    /// The job used up its retries, or was found to crash its workers.
    case deadLettered
    /// The job was cancelled.
    case cancelled
    /// Another submission took the job's place.
    case superseded
    /// The job's time to live ran out.
    case expired
    /// A job that this one depends on failed.
    case dependencyFailed
    /// The job is tried again.
    case retried
    /// The job asked to be run again later.
    case snoozed
    /// The attempt was interrupted, and the job went back to its place in the order.
    case released
    /// The job was preempted by a more urgent one.
    case preempted
    /// The job waits for its children.
    case waiting
    /// The job no longer belonged to the worker, and nothing was recorded.
    case stale
    /// The end of the attempt could not be stored, and was left to recovery.
    case rejected

    /// The value of the metrics label `outcome`, for example `dead_lettered`.
    public var name: String {
        switch self {
        case .deadLettered: "dead_lettered"
        case .dependencyFailed: "dependency_failed"
        default: "\(self)"
        }
    }
}
