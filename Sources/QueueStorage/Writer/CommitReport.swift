import QueueModel
import QueueStoreKit

/// What a commit reports to those who observe the store, and what it leaves to be done.
///
/// Each operation adds to it; the transaction hands it to the observers after the commit.
struct CommitReport: Sendable {
    /// Running jobs that were asked to stop or taken away.
    var stops: [JobID] = []
    /// The best priority of what became claimable, if anything did.
    var work: Int64?
    var changedSchedules = false
    var changedPauses = false
    /// Whether workers of other stores may want to know.
    var hasForeignWorkers = false
    /// The number of pages in the write-ahead log.
    var logPages = 0

    /// Whether there is nothing to report to observers.
    var isEmpty: Bool { work == nil && !changedSchedules && !changedPauses && stops.isEmpty }

    /// Notes that there may be something to claim that was not there before.
    mutating func noteWork(_ priority: Int64) {
        work = min(work ?? priority, priority)
    }

    /// Adds what another operation of the same transaction reports.
    mutating func add(_ other: CommitReport) {
        // Appending nothing would allocate.
        if !other.stops.isEmpty { stops += other.stops }
        if let work = other.work { noteWork(work) }
        changedSchedules = changedSchedules || other.changedSchedules
        changedPauses = changedPauses || other.changedPauses
    }
}
