import QueueModel
import Synchronization

extension QueueMetrics {
    /// The outcomes of submissions through a queue.
    public struct Submissions: Hashable, Sendable {
        /// The number of new jobs.
        public internal(set) var inserted = 0
        /// The number of submissions for which an active job was kept.
        public internal(set) var duplicates = 0
        /// The number of submissions that made the active job with the same key more urgent.
        public internal(set) var upgraded = 0
        /// The number of submissions after which a running job will run once more.
        public internal(set) var rerunsQueued = 0
        /// The number of new jobs that replaced old ones.
        public internal(set) var superseded = 0
        /// The number of submissions that were refused because of an active job.
        public internal(set) var rejected = 0

        mutating func add(_ outcome: SubmitOutcome) {
            switch outcome {
            case .inserted: inserted += 1
            case .duplicate: duplicates += 1
            case .upgraded: upgraded += 1
            case .rerunQueued: rerunsQueued += 1
            case .superseded: superseded += 1
            case .rejected: rejected += 1
            }
        }
    }
}

/// A counter of submissions that many callers use at once: without a lock, and with one addition per call in most
/// cases.
struct SubmissionCounter: ~Copyable, Sendable {
    private let inserted = Atomic(0)
    private let duplicates = Atomic(0)
    private let upgraded = Atomic(0)
    private let rerunsQueued = Atomic(0)
    private let superseded = Atomic(0)
    private let rejected = Atomic(0)

    func add(_ more: QueueMetrics.Submissions) {
        if more.inserted > 0 { inserted.wrappingAdd(more.inserted, ordering: .relaxed) }
        if more.duplicates > 0 { duplicates.wrappingAdd(more.duplicates, ordering: .relaxed) }
        if more.upgraded > 0 { upgraded.wrappingAdd(more.upgraded, ordering: .relaxed) }
        if more.rerunsQueued > 0 { rerunsQueued.wrappingAdd(more.rerunsQueued, ordering: .relaxed) }
        if more.superseded > 0 { superseded.wrappingAdd(more.superseded, ordering: .relaxed) }
        if more.rejected > 0 { rejected.wrappingAdd(more.rejected, ordering: .relaxed) }
    }

    var counts: QueueMetrics.Submissions {
        var counts = QueueMetrics.Submissions()
        counts.inserted = inserted.load(ordering: .relaxed)
        counts.duplicates = duplicates.load(ordering: .relaxed)
        counts.upgraded = upgraded.load(ordering: .relaxed)
        counts.rerunsQueued = rerunsQueued.load(ordering: .relaxed)
        counts.superseded = superseded.load(ordering: .relaxed)
        counts.rejected = rejected.load(ordering: .relaxed)
        return counts
    }
}
