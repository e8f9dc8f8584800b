import QueueModel
import QueueStoreKit

/// The counts of what became of the jobs of each type.
struct StatisticsTable: Sendable {
    private var tallies: [JobType: TypeTally] = [:]

    /// Counts an event of a type.
    mutating func count(_ type: JobType, at now: Timestamp, _ change: (inout TypeTally) -> Void) {
        change(&tallies[type, default: TypeTally(since: now)])
    }

    /// Returns the statistics of a type, or of all types by name.
    func statistics(of type: JobType?, at now: Timestamp) -> [TypeStatistics] {
        tallies.filter { type == nil || $0.key == type }.map { $0.value.statistics(of: $0.key, at: now) }
            .sortedByType()
    }

    /// Discards the counts of a type, or of all types.
    mutating func reset(_ type: JobType?) {
        if let type { tallies[type] = nil } else { tallies = [:] }
    }
}
