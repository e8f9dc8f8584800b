/// How a store stands at one instant: all that a glance at it needs, from one consistent read (rule Q2).
///
/// A queue adds what it alone knows, its limits, pressure and progress, and makes a snapshot of the whole of it.
public struct StoreSnapshot: Hashable, Sendable, Codable {
    /// The number of jobs in each state, ended ones that are still kept included.
    public var counts: StateCounts
    /// The jobs that have not ended, by their stored types.
    public var types: [JobType: ActiveCounts]
    /// The jobs that have not ended, by their groups.
    public var groups: [String: ActiveCounts]
    /// The jobs that have not ended and have no group.
    public var withoutGroup: ActiveCounts
    /// The first submitted of the pending jobs whose earliest start has come; `nil`: there is none.
    public var oldestPending: OldestPending?
    /// The rates of the rules: those of types by the name of their bucket, then those of groups by name.
    ///
    /// A group to which the rule for all others gives its rate is there while it has jobs that have not ended.
    public var rates: [RateStatus]
    /// The holds in force, in the order in which they were laid.
    public var pauses: [Pause]
    /// All schedules, paused and ended ones too, by the bytes of their names.
    public var schedules: [ScheduleRecord]
    /// The workers that hold a lease, by their ids; dead ones too, until their jobs are taken back.
    public var workers: [WorkerStatus]

    /// Makes a snapshot; what is not named is as in an empty store.
    public init(
        counts: StateCounts = StateCounts(), types: [JobType: ActiveCounts] = [:],
        groups: [String: ActiveCounts] = [:], withoutGroup: ActiveCounts = ActiveCounts(),
        oldestPending: OldestPending? = nil, rates: [RateStatus] = [], pauses: [Pause] = [],
        schedules: [ScheduleRecord] = [], workers: [WorkerStatus] = []
    ) {
        self.counts = counts
        self.types = types
        self.groups = groups
        self.withoutGroup = withoutGroup
        self.oldestPending = oldestPending
        self.rates = rates
        self.pauses = pauses
        self.schedules = schedules
        self.workers = workers
    }

    /// A pending job, and since when it is in the queue.
    public struct OldestPending: Hashable, Sendable, Codable {
        /// The job.
        public var id: JobID
        /// When it was submitted.
        public var submittedAt: Timestamp

        /// Makes an oldest job.
        public init(id: JobID, submittedAt: Timestamp) {
            self.id = id
            self.submittedAt = submittedAt
        }
    }
}
