public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// What this queue has done since it was made, and how it and its store stand now (rule Q5).
    ///
    /// Counting is always on: a few additions a job. Costs a look at the store's counts, and asks each pressure source.
    ///
    /// - Throws: What the store throws.
    public func metrics() async throws(QueueError) -> QueueMetrics {
        var metrics = core.metrics.metrics
        metrics.jobs = try await store.counts()
        metrics.concurrency = core.rules.concurrency
        metrics.pressure = pressure()
        if let status = core.worker?.status {
            metrics.running = status.running.count
            metrics.uncommitted = status.uncommitted
        }
        return metrics
    }

    /// What this queue has done since it was made.
    public var figures: QueueStatistics { core.metrics.statistics }
}
