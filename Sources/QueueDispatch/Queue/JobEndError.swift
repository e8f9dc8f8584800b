public import QueueModel

/// The error that is thrown when a job whose result is awaited ends in a state other than completed.
public struct JobEndError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The ended job.
    public var job: JobRecord

    init(_ job: JobRecord) {
        self.job = job
    }

    /// The job's final state: ``JobState/failed``, ``JobState/deadLettered``, ``JobState/cancelled``,
    /// ``JobState/superseded``, ``JobState/expired`` or ``JobState/dependencyFailed``.
    public var state: JobState { job.state }

    /// The failure that ended the job; `nil` if there was none.
    public var failure: JobFailure? { job.failure }

    /// The job, its state and its failure in one line.
    public var description: String {
        let reason = failure.map { ": \($0.message)" } ?? ""
        return "\(job.id) \(job.type) ended as \(state)\(reason)"
    }
}
