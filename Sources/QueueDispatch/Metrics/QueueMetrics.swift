public import QueueModel

/// The figures of a queue at one instant: what it has done since it was made, and how it stands (rule Q5).
public struct QueueMetrics: Sendable {
    /// Submissions through this queue.
    public internal(set) var submissions = Submissions()
    /// The jobs of each type that was submitted to, or run by, this queue, under the type's present name.
    public internal(set) var types: [JobType: TypeMetrics] = [:]
    /// Ended attempts a transaction.
    public internal(set) var batchSize = Histogram(of: .batchSize)
    /// Seconds that the transactions took that committed ended attempts, with the claims that were part of them.
    public internal(set) var commitTime = Histogram(of: .commitTime)
    /// Jobs that run here.
    public internal(set) var running = 0
    /// How many jobs may run here at once.
    public internal(set) var concurrency = 0
    /// Ended attempts that wait for their commit.
    public internal(set) var uncommitted = 0
    /// The jobs of the store, of all workers.
    public internal(set) var jobs = StateCounts()
    /// What each pressure source tells.
    public internal(set) var pressure: [PressureReading] = []
}
