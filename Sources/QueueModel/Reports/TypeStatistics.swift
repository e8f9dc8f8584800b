/// What has become of the jobs of one type since a store counts (rule Q2).
///
/// It is counted as it happens, in the transaction in which it happens: it is exact after any crash, covers jobs that history no longer
/// keeps, and costs the same to read however many those are.
public struct TypeStatistics: Hashable, Sendable {
    /// The stored type.
    public var type: JobType
    /// The instant of the first thing that was counted.
    ///
    /// That is the first claim or end of a job of the type, in the store's life or after its statistics were reset.
    public var since: Timestamp
    /// How many jobs ended in each terminal state, in whatever way they came to it.
    public var ended: StateCounts
    /// How many failed attempts were followed by another.
    public var retries: Int
    /// How many attempts were claimed; those that followed one in place are not among them.
    public var claims: Int
    /// How long claimed attempts had waited, on average: from the submission, or the earliest start if that came later, to the claim;
    /// `nil` without any.
    ///
    /// What a job waited for does not matter: time under a hold, or for a dependency, counts.
    public var meanWait: Duration?
    /// How long the last attempts of completed jobs took, from start to end.
    ///
    /// Of a job that waited for its children that is the attempt that finalized it.
    public var durations: TypeStatistics.DurationHistogram
    /// The bytes that the last attempts of completed jobs reported, on average, rounded down; zero without any.
    public var meanIO: IOAmount
    /// How many jobs ended a second of late.
    public var throughput: Throughput

    /// Ends a second, as an exponentially decayed mean, like a load average.
    ///
    /// Each end counts 1/τ, and what has counted decays by exp(−Δt/τ) (Cormode, Shkapenyuk, Srivastava and Xu, “Forward Decay”, 2009). So a
    /// rate that has been steady for τ is shown to 63 %, for 3 τ to 95 %.
    public struct Throughput: Hashable, Sendable {
        /// Over the last minute or so.
        public var minute: Double
        /// Over the last quarter of an hour or so.
        public var quarterHour: Double
        /// Over the last hour or so.
        public var hour: Double

        /// Makes a throughput, in ends a second.
        public init(minute: Double, quarterHour: Double, hour: Double) {
            self.minute = minute
            self.quarterHour = quarterHour
            self.hour = hour
        }
    }

    /// Creates the statistics of a type.
    public init(
        type: JobType, since: Timestamp, ended: StateCounts, retries: Int, claims: Int, meanWait: Duration?,
        durations: TypeStatistics.DurationHistogram, meanIO: IOAmount, throughput: Throughput
    ) {
        self.type = type
        self.since = since
        self.ended = ended
        self.retries = retries
        self.claims = claims
        self.meanWait = meanWait
        self.durations = durations
        self.meanIO = meanIO
        self.throughput = throughput
    }

    /// The number of jobs that ended otherwise than completed, cancelled or superseded.
    public var failures: Int {
        ended[.failed] + ended[.deadLettered] + ended[.expired] + ended[.dependencyFailed]
    }
}
