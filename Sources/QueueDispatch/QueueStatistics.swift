/// What a queue has done since it was made.
public struct QueueStatistics: Hashable, Sendable, Codable {
    /// Attempts that were started by claims; those that followed without going back to the queue are not among them.
    public internal(set) var claimed = 0
    /// Ended attempts that were committed.
    public internal(set) var attempts = 0
    /// Of these, the ones that ended their job as completed.
    public internal(set) var completed = 0
    /// Ended attempts that came too late: the job was no longer this worker's.
    public internal(set) var stale = 0
    /// Ended attempts that could not be stored, and were left to recovery.
    public internal(set) var rejected = 0
    /// Transactions in which ended attempts were committed.
    public internal(set) var batches = 0

    /// The mean number of ended attempts a transaction; 0 before the first.
    public var meanBatchSize: Double {
        batches == 0 ? 0 : Double(attempts + stale) / Double(batches)
    }
}
