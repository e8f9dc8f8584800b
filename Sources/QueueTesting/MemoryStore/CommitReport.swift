import QueueModel

/// What callers and observers learn of an operation besides its result, once it has taken effect.
struct CommitReport: Sendable {
    /// State changes that followed from another change.
    var changes: [JobChange] = []
    /// Running jobs that were asked to stop or taken from their worker.
    var stops: [JobID] = []
    /// The most urgent priority of jobs that may have become claimable; `nil` if there are none.
    var work: Priority?
    /// Whether a schedule may have become due.
    var changedSchedules = false
    /// Whether a pause was set or lifted.
    var changedPauses = false

    /// Notes that a job of a priority may have become claimable.
    mutating func noteWork(_ priority: Priority) {
        work = min(work ?? priority, priority)
    }
}
