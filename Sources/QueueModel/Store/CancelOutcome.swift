/// What a request to cancel did.
public enum CancelOutcome: Hashable, Sendable {
    /// The job had not started, and has ended as cancelled; so have those that follow from it.
    case cancelled([JobChange])
    /// The job runs. The request is recorded, and it will end as cancelled.
    case requested(worker: WorkerID)
    /// The job had ended already.
    case alreadyEnded(JobState)
    /// No job has the id.
    case unknown
}
