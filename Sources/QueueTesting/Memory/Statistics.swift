import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Counts something of a type (rule Q2).
    mutating func count(_ type: JobType, at now: Timestamp, _ change: (inout TypeTally) -> Void) {
        change(&tallies[type, default: TypeTally(since: now)])
    }

    func statistics(of type: JobType?, at now: Timestamp) -> [TypeStatistics] {
        tallies.filter { type == nil || $0.key == type }.map { $0.value.statistics(of: $0.key, at: now) }
            .sortedByType()
    }

    mutating func resetStatistics(of type: JobType?) {
        if let type { tallies[type] = nil } else { tallies = [:] }
    }
}
