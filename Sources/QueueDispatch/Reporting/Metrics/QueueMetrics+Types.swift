public import QueueModel

extension QueueMetrics {
    /// What a queue has done with the jobs of one type.
    public struct TypeMetrics: Hashable, Sendable {
        /// The number of attempts that claims started; attempts that followed in place, without a new claim, are not
        /// included.
        public internal(set) var started = 0
        /// The number of ended attempts by outcome; outcomes that never occurred are absent.
        public internal(set) var attempts: [AttemptOutcome: Int] = [:]
        /// The time, in seconds, between the instant from which jobs could have started and their start.
        public internal(set) var queueWait = Histogram(of: .queueWait)
        /// The durations of recorded attempts, in seconds, by outcome.
        public internal(set) var durations: [AttemptOutcome: Histogram] = [:]
    }
}
