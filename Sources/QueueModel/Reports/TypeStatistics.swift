/// Statistics of one job type.
///
/// They are counted in the transactions of the events themselves. So they are exact after a crash, include jobs that
/// are no longer kept, and cost the same to read for any number of jobs.
public struct TypeStatistics: Hashable, Sendable {
    /// The stored type.
    public var type: JobType
    /// The instant of the first event that was counted.
    ///
    /// That is the first claim or end of a job of the type, in the store's life or after its statistics were reset.
    public var since: Timestamp
    /// The number of jobs that ended in each terminal state.
    public var ended: StateCounts
    /// The number of failed attempts that were followed by another.
    public var retries: Int
    /// The number of claimed attempts; retries in place are not included.
    public var claims: Int
    /// The mean time that claimed attempts had waited, from submission or the earliest start, whichever is later, to
    /// the claim; `nil` if there are none.
    ///
    /// Time during which the job was paused or waited for a dependency counts.
    public var meanWait: Duration?
    /// The durations of the last attempts of completed jobs.
    ///
    /// For a job that waited for its children, that is the attempt that finalized it.
    public var durations: TypeStatistics.DurationHistogram
    /// The mean number of bytes that the last attempts of completed jobs reported, rounded down; zero if there are
    /// none.
    public var meanIO: IOAmount
    /// The recent number of ended jobs per second.
    public var throughput: Throughput

    /// The number of ended jobs per second, as an exponentially decayed mean like a load average.
    ///
    /// Each end counts 1/τ and decays by exp(−Δt/τ) (Cormode, Shkapenyuk, Srivastava and Xu, “Forward Decay”, 2009).
    /// A rate that has been steady for τ is shown to 63 %, for 3 τ to 95 %.
    public struct Throughput: Hashable, Sendable {
        /// The rate over about the last minute.
        public var minute: Double
        /// The rate over about the last quarter of an hour.
        public var quarterHour: Double
        /// The rate over about the last hour.
        public var hour: Double

        /// Creates a throughput in ends per second.
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

    /// The number of jobs that failed: those that ended neither as completed nor as cancelled or superseded.
    public var failures: Int {
        ended[.failed] + ended[.deadLettered] + ended[.expired] + ended[.dependencyFailed]
    }
}
