public import QueueModel

extension QueueSnapshot {
    /// How a domain of a queue stands.
    public struct DomainStatus: Hashable, Sendable, Codable {
        /// The domain's name; empty for executors without a domain.
        public var name: String
        /// The jobs of its types, former names included, that have not ended, on whatever worker.
        public var counts: ActiveCounts
        /// How many of them run on this queue.
        public var running: Int
        /// How many may run on this queue at once; `nil`: no limit of its own.
        public var limit: Int?
    }
}
