/// What became of a submission.
public enum SubmitOutcome: Hashable, Sendable {
    /// A new job stands in the store.
    ///
    /// It may have ended already, because one of its dependencies had: then its end is among the changes, with all that
    /// followed from it.
    case inserted(JobID, changes: [JobChange] = [])
    /// An active job with the unique key was kept as it was.
    case duplicate(of: JobID)
    /// An active job with the unique key was raised to the new, more urgent priority.
    case upgraded(JobID)
    /// The running job with the unique key will run once more after it ends.
    case rerunQueued(JobID)
    /// The active job with the unique key was cancelled, and a new one stands in its place.
    ///
    /// The changes are what followed from the end of the old one, for its dependents, its children and its parent, and what
    /// ``inserted(_:changes:)`` has of the new one.
    case superseded(old: JobID, by: JobID, changes: [JobChange] = [])
    /// An active job has the unique key, and the submission asked to be refused then.
    case rejected(existing: JobID)

    /// The job that now stands for the work.
    public var id: JobID {
        switch self {
        case .inserted(let id, changes: _), .duplicate(of: let id), .upgraded(let id), .rerunQueued(let id),
            .superseded(old: _, by: let id, changes: _), .rejected(existing: let id):
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

    /// The states of jobs that changed in the same transaction because of the submission, beside that of a superseded job.
    public var changes: [JobChange] {
        switch self {
        case .inserted(_, let changes), .superseded(old: _, by: _, let changes): changes
        case .duplicate, .upgraded, .rerunQueued, .rejected: []
        }
    }

    /// Adds changes, where a new job was made.
    package mutating func add(_ more: some Collection<JobChange>) {
        if more.isEmpty { return }
        switch self {
        case .inserted(let id, let changes): self = .inserted(id, changes: changes + more)
        case .superseded(let old, let new, let changes): self = .superseded(old: old, by: new, changes: changes + more)
        case .duplicate, .upgraded, .rerunQueued, .rejected: break
        }
    }
}

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

/// A change of a job's state that something else caused.
public struct JobChange: Hashable, Sendable {
    /// The job.
    public var id: JobID
    /// Its stored type.
    public var type: JobType
    /// Its state now.
    public var state: JobState
    /// The job that caused the change, if one did.
    public var cause: JobID?
    /// How long after its submission a job ended that expired (rule Q7); `nil` for other changes.
    public var age: Duration?

    /// Makes a change.
    public init(id: JobID, type: JobType, state: JobState, cause: JobID? = nil, age: Duration? = nil) {
        self.age = age
        self.id = id
        self.type = type
        self.state = state
        self.cause = cause
    }
}
