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
