public import QueueModel

/// An action on each of the jobs that a query matches.
///
/// An action affects only jobs in certain ``states``; others are left out, whatever the query says.
public enum BulkAction: Hashable, Sendable, Codable {
    /// Cancels active jobs, as ``ControllingStore/cancel(_:at:)`` does.
    case cancel
    /// Deletes ended jobs with their tags and attempts.
    ///
    /// Jobs on which an active job still depends, and children of an active parent, are kept, as with retention.
    case deleteEnded
    /// Submits ended jobs again, as ``ControllingStore/resubmit(_:at:)`` does.
    ///
    /// The old jobs are kept, so resubmitting twice creates two new jobs.
    case resubmit
    /// Changes the priority of active jobs, except running ones, which keep the priority they were claimed with.
    case setPriority(Priority)
    /// Moves active jobs to another group or, with `nil`, to none, except running ones, which keep their slot.
    case move(toGroup: String?)

    /// The states of the jobs that the action affects.
    public var states: [JobState] {
        switch self {
        case .cancel: JobState.active
        case .deleteEnded, .resubmit: JobState.terminal
        case .setPriority, .move: JobState.active.filter { $0 != .running }
        }
    }

    /// Checks the action.
    public func validate() throws(QueueError) {
        if case .move(let group?) = self { try TextRule.group.check(group) }
    }

    /// Returns the query for the jobs that the action affects, the first by id first; `nil` if there can't be any.
    ///
    /// The order, limit and cursor of the query are ignored.
    package func narrowed(_ query: JobQuery) -> JobQuery? {
        var narrow = query
        narrow.order = .oldestFirst
        narrow.after = nil
        narrow.states = query.states.isEmpty ? states : states.filter(query.states.contains)
        return narrow.states.isEmpty ? nil : narrow
    }
}

/// The result of one step of a bulk operation, in one transaction.
public struct BulkStep: Sendable {
    /// The number of matching jobs that the action changed; for ``BulkAction/resubmit``, the number of new jobs.
    ///
    /// Jobs that ended because of another before their turn came, such as children of a cancelled parent, are not
    /// included.
    public var changed: Int
    /// The number of running jobs that were asked to stop; they are not included in ``changed``.
    public var requested: Int
    /// All changes of states: those of matching jobs, each followed by those that it caused.
    public var changes: [JobChange]
    /// The jobs with a new priority or group, by id; their states have not changed.
    public var edits: [Edit]
    /// The resubmissions.
    public var resubmissions: [Resubmission]
    /// The position to continue from; `nil` if this was the last step.
    public var next: JobQuery.BulkCursor?

    /// A job with a new priority or group.
    public struct Edit: Hashable, Sendable {
        /// The job.
        public var id: JobID
        /// Its stored type.
        public var type: JobType

        /// Creates an edit.
        public init(id: JobID, type: JobType) {
            self.id = id
            self.type = type
        }
    }

    /// A job that was submitted again.
    public struct Resubmission: Hashable, Sendable {
        /// The ended job.
        public var origin: JobID
        /// Its stored type.
        public var type: JobType
        /// The outcome of the submission.
        public var outcome: SubmitOutcome

        /// Creates a resubmission.
        public init(origin: JobID, type: JobType, outcome: SubmitOutcome) {
            self.origin = origin
            self.type = type
            self.outcome = outcome
        }
    }

    /// Creates a step.
    public init(
        changed: Int = 0, requested: Int = 0, changes: [JobChange] = [], edits: [Edit] = [],
        resubmissions: [Resubmission] = [], next: JobQuery.BulkCursor? = nil
    ) {
        self.changed = changed
        self.requested = requested
        self.changes = changes
        self.edits = edits
        self.resubmissions = resubmissions
        self.next = next
    }

    /// The range of a step's limit.
    public static let limits = 1...10_000

    /// Checks the arguments of a step.
    package static func validate(_ action: BulkAction, _ query: JobQuery, limit: Int) throws(QueueError) {
        try action.validate()
        try query.validate()
        guard limits.contains(limit) else {
            throw QueueError(.invalidOption, "the step's limit is \(limit), it must be 1…10000")
        }
    }
}
