public import QueueModel
import QueueStoreKit

extension JobQueue {
    // MARK: Jobs

    /// Returns the job with an id; `nil` if there is none, or it has been deleted.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await store.job(id)
    }

    /// Returns a page of the jobs that match a query.
    public func jobs(_ query: JobQuery = JobQuery()) async throws(QueueError) -> JobQuery.Page {
        try query.validate()
        return try await store.jobs(query)
    }

    /// Returns the number of jobs that match a query.
    public func count(_ query: JobQuery = JobQuery()) async throws(QueueError) -> Int {
        try query.validate()
        return try await store.count(query)
    }

    /// Returns the number of jobs in each state.
    public func counts() async throws(QueueError) -> StateCounts {
        try await store.counts()
    }

    /// Explains why a job is not running now: lists each gate that holds it back, with its figures.
    ///
    ///     print(try await queue.explain(id))
    ///     // #42 media.thumbnail is pending
    ///     // - group "s3": 4 of 4 running
    ///     // - rate limit of media.thumbnail: no token left (100 per 1.0 seconds, burst 100)
    ///
    /// The store evaluates the same gates as for a claim, with the limits, the pressure and the worker of this queue,
    /// so the answer is the dispatcher's own. It holds for the instant at which it was made, and nothing is changed.
    /// The cost grows with the number of lanes (job types, groups and priorities in use), not with the number of jobs.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/unknownJob`` if no job has the id; the store's errors.
    public func explain(_ id: JobID) async throws(QueueError) -> JobExplanation {
        let status = core.worker?.status
        guard var answer = try await store.explain(id, core.rules.current(), worker: status?.lease, at: core.now) else {
            throw QueueError(.unknownJob, "there is no job \(id)", jobs: [id])
        }
        guard answer.job.state == .pending else { return answer }
        if status?.isStopping ?? true { answer.obstacles.insert(.queueNotRunning, at: 0) }
        if let status, status.isHoldingBack {
            answer.obstacles.insert(.backpressure(uncommitted: status.uncommitted), at: 0)
        }
        return answer
    }

    // MARK: The queue as a whole

    /// Returns the state of the whole queue at one instant: counts, limits and shares by domain and group, running jobs
    /// and their progress, rates, pressure, pauses, schedules and workers.
    ///
    ///     let snapshot = try await queue.snapshot()
    ///     print(snapshot.counts[.pending], snapshot.oldestPendingAge ?? .zero)
    ///
    /// It can be taken whether or not the queue runs, and changes nothing. The store is read once, and once more the
    /// first time a type runs whose jobs report no progress. With SQLite this counts index entries, about 12 ms for 100
    /// 000 ready jobs: meant for once per second, not for once per job. Each pressure source is read.
    ///
    /// - Throws: The store's errors.
    public func snapshot() async throws(QueueError) -> QueueSnapshot {
        try await SnapshotBuilder(core: core).snapshot()
    }

    /// Returns what this queue has done since it was created, and the present state of the queue and its store.
    ///
    /// Counting is always on, and costs a few additions per job. The call reads the store's counts and each pressure
    /// source.
    ///
    /// - Throws: The store's errors.
    public func metrics() async throws(QueueError) -> QueueMetrics {
        var metrics = core.metrics.metrics
        metrics.jobs = try await store.counts()
        metrics.concurrency = core.rules.concurrency
        metrics.pressure = core.rules.pressure()
        if let status = core.worker?.status {
            metrics.running = status.running.count
            metrics.uncommitted = status.uncommitted
        }
        return metrics
    }

    /// The totals of what this queue has done since it was created.
    ///
    /// Costs a lock; the store is not read.
    public var counters: Counters { core.metrics.counters }
}
