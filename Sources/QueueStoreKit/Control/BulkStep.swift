public import QueueModel

/// What is done to each of the jobs that a query means (rule Q1).
///
/// An action has an effect on jobs in some states alone, its ``states``; others are left out, whatever the query says.
public enum BulkAction: Hashable, Sendable, Codable {
    /// Cancels, with all that follows, as ``ControllingStore/cancel(_:at:)`` does: active jobs.
    case cancel
    /// Deletes, with tags and attempts: ended jobs.
    ///
    /// Those on which an active job still depends, and children of an active parent, are kept, as retention keeps them.
    case deleteEnded
    /// Makes a new job of each, as ``ControllingStore/resubmit(_:at:)`` does: ended jobs, dead letters above all.
    ///
    /// The old ones stay in history, so asking twice makes two.
    case resubmit
    /// Gives another priority: active jobs but those that run, which keep what they were claimed with.
    case setPriority(Priority)
    /// Puts into another group, or with `nil` into none: active jobs but those that run, which keep the slot that they have.
    case move(toGroup: String?)

    /// The states of the jobs on which it has an effect.
    public var states: [JobState] {
        switch self {
        case .cancel: JobState.active
        case .deleteEnded, .resubmit: JobState.terminal
        case .setPriority, .move: JobState.active.filter { $0 != .running }
        }
    }

    /// Throws what is wrong with the action by itself.
    public func validate() throws(QueueError) {
        if case .move(let group?) = self { try TextRule.group.check(group) }
    }

    /// The query for the jobs that a query means and on which the action has an effect, the first by id first; `nil` if there can't be any.
    ///
    /// What the query says of its pages (order, limit, cursor) does not count.
    package func narrowed(_ query: JobQuery) -> JobQuery? {
        var narrow = query
        narrow.order = .oldestFirst
        narrow.after = nil
        narrow.states = query.states.isEmpty ? states : states.filter(query.states.contains)
        return narrow.states.isEmpty ? nil : narrow
    }
}

/// What one step of a bulk operation did, in one transaction.
public struct BulkStep: Sendable {
    /// How many of the jobs that were meant the action changed; for ``BulkAction/resubmit`` how many new jobs there are.
    ///
    /// One that ended because of another (a child of a cancelled parent, say) before its turn came is not among them.
    public var changed: Int
    /// How many running jobs were asked to stop; they are not in ``changed``.
    public var requested: Int
    /// Every change of a state: of jobs that were meant, followed each by those that it caused.
    public var changes: [JobChange]
    /// The jobs that have another priority or another group now, by id; no state of theirs has changed.
    public var edits: [Edit]
    /// What became of each resubmission.
    public var resubmissions: [Resubmission]
    /// Where to go on; `nil` if this was the last step.
    public var next: JobQuery.BulkCursor?

    /// A job that was given another priority or group.
    public struct Edit: Hashable, Sendable {
        /// The job.
        public var id: JobID
        /// Its stored type.
        public var type: JobType

        /// Makes an edit.
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
        /// What became of the submission.
        public var outcome: SubmitOutcome

        /// Makes a resubmission.
        public init(origin: JobID, type: JobType, outcome: SubmitOutcome) {
            self.origin = origin
            self.type = type
            self.outcome = outcome
        }
    }

    /// Makes a step.
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

    /// Throws what is wrong with what a step is asked for.
    package static func validate(_ action: BulkAction, _ query: JobQuery, limit: Int) throws(QueueError) {
        try action.validate()
        try query.validate()
        guard limits.contains(limit) else {
            throw QueueError(.invalidOption, "the step's limit is \(limit), it must be 1…10000")
        }
    }
}
