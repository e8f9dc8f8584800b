public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// What has become of the jobs of a stored type since the store counts; `nil` if none of it was claimed or has ended (rule Q2).
    ///
    /// Counted by the store in the transactions in which it happens, for all workers, whoever ran the jobs: exact after a crash, and the
    /// same whether or not history still has the jobs. One row is read, at any number of jobs.
    ///
    ///     if let statistics = try await queue.statistics(of: "media.thumbnail") {
    ///         print(statistics.ended[.completed], statistics.durations.p95 ?? .zero, statistics.throughput.minute)
    ///     }
    ///
    /// What this queue alone has done since it was made is in ``metrics()``.
    public func statistics(of type: JobType) async throws(QueueError) -> TypeStatistics? {
        try await store.statistics(of: type, at: now).first
    }

    /// What has become of the jobs of each type of which something was counted, by the bytes of their names; see ``statistics(of:)``.
    ///
    /// The cost grows with the number of types.
    public func statistics() async throws(QueueError) -> [TypeStatistics] {
        try await store.statistics(of: nil, at: now)
    }

    /// Forgets what was counted of a type, or with `nil` of all: counting begins anew with the next claim or end of a job.
    public func resetStatistics(of type: JobType? = nil) async throws(QueueError) {
        try await store.resetStatistics(of: type)
    }
}
