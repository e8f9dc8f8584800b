public import QueueModel

extension QueueMetrics {
    /// What a queue has done with the jobs of one type.
    public struct TypeMetrics: Hashable, Sendable {
        /// Attempts that claims have started; those that followed without going back to the queue are not among them.
        public internal(set) var started = 0
        /// Ended attempts by what they led to; what never happened is not named.
        public internal(set) var attempts: [AttemptOutcome: Int] = [:]
        /// Seconds from when jobs could have started to their start.
        public internal(set) var queueWait = Histogram(of: .queueWait)
        /// Seconds that recorded attempts took, by what they led to.
        public internal(set) var durations: [AttemptOutcome: Histogram] = [:]
    }
}
