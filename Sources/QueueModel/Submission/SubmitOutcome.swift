/// What became of a submission.
public enum SubmitOutcome: Hashable, Sendable {
    /// A new job stands in the store.
    case inserted(JobID)
    /// An active job with the unique key was kept as it was.
    case duplicate(of: JobID)
    /// An active job with the unique key was raised to the new, more urgent priority.
    case upgraded(JobID)
    /// The running job with the unique key will run once more after it ends.
    case rerunQueued(JobID)
    /// The active job with the unique key was cancelled, and a new one stands in its place.
    case superseded(old: JobID, by: JobID)
    /// An active job has the unique key, and the submission asked to be refused then.
    case rejected(existing: JobID)

    /// The job that now stands for the work.
    public var id: JobID {
        switch self {
        case .inserted(let id), .duplicate(of: let id), .upgraded(let id), .rerunQueued(let id),
            .superseded(old: _, by: let id), .rejected(existing: let id):
            id
        }
    }

    /// Whether the submission made a new job.
    public var isNew: Bool {
        switch self {
        case .inserted, .superseded: true
        default: false
        }
    }
}
