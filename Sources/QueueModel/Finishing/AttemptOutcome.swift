/// What an ended attempt led to, as figures tell it apart (rule Q5).
///
/// The raw values number the cases from 0.
public enum AttemptOutcome: UInt8, Hashable, Sendable, CaseIterable {
    /// The job is completed.
    case completed
    /// The job has failed for good.
    case failed
    /// The job's retries are used up, or it is poison.
    case deadLettered
    /// The job was cancelled.
    case cancelled
    /// Another submission took the job's place.
    case superseded
    /// The job's time to live is up.
    case expired
    /// A job that it depends on failed.
    case dependencyFailed
    /// The job is tried again.
    case retried
    /// The job was put back until later, at its own wish.
    case snoozed
    /// The attempt was interrupted, and the job went back to its place.
    case released
    /// The job was set aside for a more urgent one.
    case preempted
    /// The job waits for its children.
    case waiting
    /// The job was no longer this worker's, and nothing was recorded (rule L3).
    case stale
    /// The end could not be stored, and was left to recovery (rule C6).
    case rejected

    /// The name that the label `outcome` of metrics has: `dead_lettered`, say.
    public var name: String {
        switch self {
        case .deadLettered: "dead_lettered"
        case .dependencyFailed: "dependency_failed"
        default: "\(self)"
        }
    }
}
