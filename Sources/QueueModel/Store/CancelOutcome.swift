/// What a request to cancel did.
public enum CancelOutcome: Hashable, Sendable {
    /// The job had not started, and has ended as cancelled; the changes are what followed from that.
    case cancelled([JobChange])
    /// The job runs. The request is recorded, and it will end as cancelled; the changes are the ends of its children that did not
    /// run, and what followed from them.
    case requested(worker: WorkerID, changes: [JobChange] = [])
    /// The job had ended already.
    case alreadyEnded(JobState)
    /// No job has the id.
    case unknown
}
