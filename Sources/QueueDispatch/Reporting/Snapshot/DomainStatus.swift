public import QueueModel

extension QueueSnapshot {
    /// The state of a domain.
    public struct DomainStatus: Hashable, Sendable, Codable {
        /// The domain's name; empty for executors without a domain.
        public var name: String
        /// The number of its jobs that have not ended, on all workers, under former type names too.
        public var counts: StoreSnapshot.ActiveCounts
        /// The number of them that run on this queue.
        public var running: Int
        /// The number that may run on this queue at once; `nil`: no limit of its own.
        public var limit: Int?
    }
}
