public import QueueModel

/// All that the gates look at when they judge a job: plain figures, which whoever asks has at hand.
///
/// What is not set lets the job through.
public struct GateFacts: Hashable, Sendable {
    /// The present.
    public var now: Timestamp
    /// The job's priority.
    public var priority: Priority
    /// The hold on the queue, if there is one.
    public var queuePause: PauseFact?
    /// The hold on the job's domain.
    public var domainPause: PauseFact?
    /// The hold on the job's group.
    public var groupPause: PauseFact?
    /// The job's earliest start.
    public var runAfter: Timestamp?
    /// From when the job is no longer worth starting.
    public var expiresAt: Timestamp?
    /// The worker's slots.
    public var worker = SlotFact()
    /// The slots of the job's domain.
    public var domain = SlotFact()
    /// The slots of the job's group.
    public var group = SlotFact()
    /// The slots that the group's share allows it on this worker.
    public var share = SlotFact()
    /// Whether the job waits behind another suspect that runs.
    public var waitsForSuspect = false
    /// The least urgent priority that the present pressure lets through.
    public var leastPriority = Priority.idle
    /// The bytes that the job will move, and what leaves room for them.
    public var io: IOFact?
    /// The rate of the job's type.
    public var typeRate: RateFact?
    /// The rate of the job's group.
    public var groupRate: RateFact?

    /// Makes the facts of a job that nothing holds back.
    public init(now: Timestamp, priority: Priority = .normal) {
        self.now = now
        self.priority = priority
    }

    /// A hold that lies on a part of the store's jobs.
    public struct PauseFact: Hashable, Sendable {
        /// When it lifts itself; `nil`: never.
        public var until: Timestamp?

        /// Makes a fact.
        public init(until: Timestamp? = nil) {
            self.until = until
        }
    }

    /// How many run, of how many that may.
    public struct SlotFact: Hashable, Sendable {
        /// How many run.
        public var running: Int
        /// How many may; `nil`: any number.
        public var limit: Int?

        /// Makes a fact.
        public init(running: Int = 0, limit: Int? = nil) {
            self.running = running
            self.limit = limit
        }
    }

    /// What a job will move, beside what others move.
    public struct IOFact: Hashable, Sendable {
        /// What the running jobs of the worker are expected to move.
        public var running: IOAmount
        /// What the job is expected to move.
        public var own: IOAmount
        /// What may be moved, on each axis.
        public var budget: IOAmount
        /// Whether a job that is expected to move something runs.
        public var othersRun: Bool

        /// Makes a fact.
        public init(running: IOAmount, own: IOAmount, budget: IOAmount, othersRun: Bool) {
            self.running = running
            self.own = own
            self.budget = budget
            self.othersRun = othersRun
        }
    }

    /// A rate, and when there is a token.
    public struct RateFact: Hashable, Sendable {
        /// The rate.
        public var limit: RateLimit
        /// When the next token is there; `nil`: there is one now.
        public var nextToken: Timestamp?

        /// Makes a fact.
        public init(limit: RateLimit, nextToken: Timestamp?) {
            self.limit = limit
            self.nextToken = nextToken
        }
    }
}
