/// The status of a store at one instant, from one consistent read.
///
/// A queue adds its limits, pressure and progress for its own snapshot.
public struct StoreSnapshot: Hashable, Sendable, Codable {
    /// The number of jobs in each state, including ended ones that are still kept.
    public var counts: StateCounts
    /// The active jobs by stored type.
    public var types: [JobType: StoreSnapshot.ActiveCounts]
    /// The active jobs by group.
    public var groups: [String: StoreSnapshot.ActiveCounts]
    /// The active jobs without a group.
    public var withoutGroup: StoreSnapshot.ActiveCounts
    /// The first submitted of the pending jobs whose earliest start has come; `nil` if there is none.
    public var oldestPending: OldestPending?
    /// The rates of the rules: those of types by the name of their bucket, then those of groups by name.
    ///
    /// A group whose rate comes from the rule for all other groups is included while it has active jobs.
    public var rates: [StoreSnapshot.RateStatus]
    /// The pauses in force, in the order in which they were set.
    public var pauses: [Pause]
    /// All schedules, including paused and ended ones, by the bytes of their names.
    public var schedules: [ScheduleRecord]
    /// The workers that hold a lease, by id; including dead ones until their jobs are recovered.
    public var workers: [StoreSnapshot.WorkerStatus]

    /// Creates a snapshot; omitted parts are those of an empty store.
    public init(
        counts: StateCounts = StateCounts(), types: [JobType: StoreSnapshot.ActiveCounts] = [:],
        groups: [String: StoreSnapshot.ActiveCounts] = [:],
        withoutGroup: StoreSnapshot.ActiveCounts = StoreSnapshot.ActiveCounts(),
        oldestPending: OldestPending? = nil, rates: [StoreSnapshot.RateStatus] = [], pauses: [Pause] = [],
        schedules: [ScheduleRecord] = [], workers: [StoreSnapshot.WorkerStatus] = []
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

    /// A pending job with its instant of submission.
    public struct OldestPending: Hashable, Sendable, Codable {
        /// The job.
        public var id: JobID
        /// The instant of submission.
        public var submittedAt: Timestamp

        /// Creates an oldest pending job.
        public init(id: JobID, submittedAt: Timestamp) {
            self.id = id
            self.submittedAt = submittedAt
        }
    }
}

extension StoreSnapshot {
    /// A rate limit with its remaining tokens at an instant.
    public struct RateStatus: Hashable, Sendable, Codable {
        /// The owner whose starts it limits.
        public var owner: Owner
        /// The rate limit.
        public var limit: RateLimit
        /// The number of jobs that may start at once now, from 0 to the limit's burst.
        public var tokens: Int
        /// The instant of the next token if nothing starts; `nil` if there is one now.
        public var nextToken: Timestamp?

        /// The owner of a rate.
        public enum Owner: Hashable, Sendable, Codable {
            /// A job type, by the name of its stored bucket, which former names share.
            case type(JobType)
            /// A group.
            case group(String)
        }

        /// Creates a status.
        public init(owner: Owner, limit: RateLimit, tokens: Int, nextToken: Timestamp?) {
            self.owner = owner
            self.limit = limit
            self.tokens = tokens
            self.nextToken = nextToken
        }
    }
}

extension StoreSnapshot {
    /// A worker that holds a lease.
    public struct WorkerStatus: Hashable, Sendable, Codable {
        /// The worker.
        public var id: WorkerID
        /// The id of its process; `nil` if processes don't share the store.
        public var process: Int64?
        /// The instant at which it opened its lease.
        public var openedAt: Timestamp
        /// The instant at which it last renewed its lease, or opened it.
        public var renewedAt: Timestamp
        /// The duration of the lease after each renewal.
        public var lease: Duration
        /// The number of jobs that run under it.
        public var running: Int

        /// Creates a status.
        public init(
            id: WorkerID, process: Int64? = nil, openedAt: Timestamp, renewedAt: Timestamp, lease: Duration,
            running: Int
        ) {
            self.id = id
            self.process = process
            self.openedAt = openedAt
            self.renewedAt = renewedAt
            self.lease = lease
            self.running = running
        }

        /// The instant at which the lease ends unless it is renewed; then other workers may recover its jobs.
        ///
        /// This assumes that the host doesn't sleep and nobody sets its clock in the meantime: leases are judged by
        /// the host's uptime.
        public var leaseEnd: Timestamp { renewedAt.advanced(by: lease) }
    }
}
