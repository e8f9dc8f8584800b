/// The outcome of a submission.
public enum SubmitOutcome: Hashable, Sendable {
    /// A new job was stored.
    ///
    /// It may have ended already, because one of its dependencies had. Then its end and everything that followed from
    /// it are among the changes.
    case inserted(JobID, changes: [JobChange] = [])
    /// An active job with the unique key was kept unchanged.
    case duplicate(of: JobID)
    /// An active job with the unique key was raised to the new, more urgent priority.
    case upgraded(JobID)
    /// The running job with the unique key will run once more after it ends.
    case rerunQueued(JobID)
    /// The active job with the unique key was cancelled, and a new one was stored in its place.
    ///
    /// The changes are those that followed from the end of the old job, for its dependents, its children and its
    /// parent, and those that ``inserted(_:changes:)`` would have for the new one.
    case superseded(old: JobID, by: JobID, changes: [JobChange] = [])
    /// An active job has the unique key, and the submission asked to be rejected in that case.
    case rejected(existing: JobID)

    /// The job that represents the work now.
    public var id: JobID {
        switch self {
        case .inserted(let id, changes: _), .duplicate(of: let id), .upgraded(let id), .rerunQueued(let id),
            .superseded(old: _, by: let id, changes: _), .rejected(existing: let id):
            id
        }
    }

    /// Whether the submission created a new job.
    public var isNew: Bool {
        switch self {
        case .inserted, .superseded: true
        default: false
        }
    }

    /// The state changes that the submission caused in the same transaction, except that of a superseded job.
    public var changes: [JobChange] {
        switch self {
        case .inserted(_, let changes), .superseded(old: _, by: _, let changes): changes
        case .duplicate, .upgraded, .rerunQueued, .rejected: []
        }
    }

    /// Adds changes, if a new job was created.
    package mutating func add(_ more: some Collection<JobChange>) {
        if more.isEmpty { return }
        switch self {
        case .inserted(let id, let changes): self = .inserted(id, changes: changes + more)
        case .superseded(let old, let new, let changes): self = .superseded(old: old, by: new, changes: changes + more)
        case .duplicate, .upgraded, .rerunQueued, .rejected: break
        }
    }
}

/// The outcome of a request to cancel a job.
public enum CancelOutcome: Hashable, Sendable {
    /// The job had not started and was cancelled; the changes are those that followed.
    case cancelled([JobChange])
    /// The job is running. The request was recorded, and the job will end as cancelled; the changes are the ends of
    /// its children that were not running, and those that followed from them.
    case requested(worker: WorkerID, changes: [JobChange] = [])
    /// The job had already ended.
    case alreadyEnded(JobState)
    /// No job has the id.
    case unknown
}

/// A change of a job's state that something else caused.
public struct JobChange: Hashable, Sendable {
    /// The job.
    public var id: JobID
    /// The job's stored type.
    public var type: JobType
    /// The job's new state.
    public var state: JobState
    /// The job that caused the change, if one did.
    public var cause: JobID?
    /// The time from submission to expiry of a job that expired; `nil` for other changes.
    public var age: Duration?

    /// Creates a change.
    public init(id: JobID, type: JobType, state: JobState, cause: JobID? = nil, age: Duration? = nil) {
        self.age = age
        self.id = id
        self.type = type
        self.state = state
        self.cause = cause
    }
}
