/// How a store stands at one instant: all that a glance at it needs, from one consistent read (rule Q2).
///
/// A queue adds what it alone knows, its limits, pressure and progress, and makes a snapshot of the whole of it.
public struct StoreSnapshot: Hashable, Sendable, Codable {
    /// The number of jobs in each state, ended ones that are still kept included.
    public var counts: StateCounts
    /// The jobs that have not ended, by their stored types.
    public var types: [JobType: StoreSnapshot.ActiveCounts]
    /// The jobs that have not ended, by their groups.
    public var groups: [String: StoreSnapshot.ActiveCounts]
    /// The jobs that have not ended and have no group.
    public var withoutGroup: StoreSnapshot.ActiveCounts
    /// The first submitted of the pending jobs whose earliest start has come; `nil`: there is none.
    public var oldestPending: OldestPending?
    /// The rates of the rules: those of types by the name of their bucket, then those of groups by name.
    ///
    /// A group to which the rule for all others gives its rate is there while it has jobs that have not ended.
    public var rates: [StoreSnapshot.RateStatus]
    /// The holds in force, in the order in which they were laid.
    public var pauses: [Pause]
    /// All schedules, paused and ended ones too, by the bytes of their names.
    public var schedules: [ScheduleRecord]
    /// The workers that hold a lease, by their ids; dead ones too, until their jobs are taken back.
    public var workers: [StoreSnapshot.WorkerStatus]

    /// Makes a snapshot; what is not named is as in an empty store.
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

extension StoreSnapshot {
    /// A rate with what is left of it at an instant (rule D4).
    public struct RateStatus: Hashable, Sendable, Codable {
        /// Whose starts it limits.
        public var owner: Owner
        /// The rate.
        public var limit: RateLimit
        /// How many jobs may start at once now, 0 to the limit's burst.
        public var tokens: Int
        /// When the next token is there, if nothing starts; `nil`: there is one now.
        public var nextToken: Timestamp?

        /// What a rate belongs to.
        public enum Owner: Hashable, Sendable, Codable {
            /// A job type, by the name under which its bucket is stored; former names share it.
            case type(JobType)
            /// A group.
            case group(String)
        }

        /// Makes a standing.
        public init(owner: Owner, limit: RateLimit, tokens: Int, nextToken: Timestamp?) {
            self.owner = owner
            self.limit = limit
            self.tokens = tokens
            self.nextToken = nextToken
        }
    }
}

extension StoreSnapshot {
    /// What a store knows of a worker that holds a lease.
    public struct WorkerStatus: Hashable, Sendable, Codable {
        /// The worker.
        public var id: WorkerID
        /// The system's number of its process; `nil` where a store is not shared by processes.
        public var process: Int64?
        /// When it was taken in.
        public var openedAt: Timestamp
        /// When it last renewed its lease, or was taken in.
        public var renewedAt: Timestamp
        /// How long the lease lasts after each renewal.
        public var lease: Duration
        /// How many jobs run under it.
        public var running: Int

        /// Makes a standing.
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

        /// When the lease runs out, if it is not renewed: from then on others may take the jobs back.
        ///
        /// That is, if the host does not sleep meanwhile and nobody sets its clock: leases are judged by the host's uptime.
        public var leaseEnd: Timestamp { renewedAt.advanced(by: lease) }
    }
}
