extension JobQueue {
    /// The totals of what a queue has done since it was created.
    public struct Counters: Hashable, Sendable, Codable {
        /// Attempts that claims started; attempts that followed in place, without a new claim, are not included.
        public internal(set) var claimed = 0
        /// Ended attempts that were committed.
        public internal(set) var attempts = 0
        /// Of these, the attempts that completed their job.
        public internal(set) var completed = 0
        /// Ended attempts that came too late: the job no longer belonged to this worker.
        public internal(set) var stale = 0
        /// Ended attempts that could not be stored, and were left to recovery.
        public internal(set) var rejected = 0
        /// Transactions that committed ended attempts.
        public internal(set) var batches = 0

        /// The mean number of ended attempts per transaction; 0 before the first.
        public var meanBatchSize: Double {
            batches == 0 ? 0 : Double(attempts + stale) / Double(batches)
        }
    }
}
