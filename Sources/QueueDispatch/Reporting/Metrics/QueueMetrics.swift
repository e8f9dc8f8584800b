public import QueueModel

/// The metrics of a queue at one instant: what it has done since it was created, and its present state.
public struct QueueMetrics: Sendable {
    /// Submissions through this queue.
    public internal(set) var submissions = Submissions()
    /// The jobs of each type that is registered with this queue, under the type's present name.
    public internal(set) var types: [JobType: TypeMetrics] = [:]
    /// The number of ended attempts per transaction.
    public internal(set) var batchSize = Histogram(of: .batchSize)
    /// The durations, in seconds, of the transactions that committed ended attempts, including the claims that were
    /// part of them.
    public internal(set) var commitTime = Histogram(of: .commitTime)
    /// The number of jobs that run here.
    public internal(set) var running = 0
    /// The number of jobs that may run here at once.
    public internal(set) var concurrency = 0
    /// The number of ended attempts that wait for their commit.
    public internal(set) var uncommitted = 0
    /// The number of the store's jobs by state, of all workers.
    public internal(set) var jobs = StateCounts()
    /// The reading of each pressure source.
    public internal(set) var pressure: [PressureReading] = []
}
