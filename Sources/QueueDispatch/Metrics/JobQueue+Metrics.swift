import QueueCompletion
public import QueueModel
import Synchronization

extension JobQueue {
    /// What this queue has done since it was made, and how it and its store stand now (rule Q5).
    ///
    /// Counting is always on: a few additions a job. Costs a look at the store's counts, and asks each pressure source.
    ///
    /// - Throws: What the store throws.
    public func metrics() async throws(QueueError) -> QueueMetrics {
        var metrics = book.metrics
        metrics.jobs = try await store.counts()
        metrics.concurrency = admission.withLock { $0.concurrency }
        metrics.pressure = pressure()
        if let session = currentSession {
            metrics.running = session.state.withLock { $0.running.count }
            metrics.uncommitted = session.channel.uncommitted
        }
        return metrics
    }

    /// Tells the sink, if there is one, how the run stands.
    func tellStanding() {
        guard let sink = configuration.metrics, let session = currentSession else { return }
        sink.set(.running, to: Double(session.state.withLock { $0.running.count }), [])
        sink.set(.uncommitted, to: Double(session.channel.uncommitted), [])
    }

    /// What this queue has done since it was made.
    public var figures: QueueStatistics { book.statistics }
}
