public import QueueModel

/// A job whose result was awaited has ended otherwise than completed.
public struct JobEndError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The job as it ended.
    public var job: JobRecord

    init(_ job: JobRecord) {
        self.job = job
    }

    /// How it ended: ``JobState/failed``, ``JobState/deadLettered``, ``JobState/cancelled``, ``JobState/superseded``,
    /// ``JobState/expired`` or ``JobState/dependencyFailed``.
    public var state: JobState { job.state }

    /// What went wrong, where something did.
    public var failure: JobFailure? { job.failure }

    /// The job, its end and its reason in one line.
    public var description: String {
        let reason = failure.map { ": \($0.message)" } ?? ""
        return "\(job.id) \(job.type) ended as \(state)\(reason)"
    }
}
