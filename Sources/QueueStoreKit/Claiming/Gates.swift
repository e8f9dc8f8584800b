public import QueueModel

/// The facts by which the gates judge a job.
///
/// Facts that are not set let the job through.
public struct GateFacts: Hashable, Sendable {
    /// The current instant.
    public var now: Timestamp
    /// The job's own priority.
    public var priority: Priority
    /// The pause of the queue, if there is one.
    public var queuePause: PauseFact?
    /// The pause of the job's domain.
    public var domainPause: PauseFact?
    /// The pause of the job's group.
    public var groupPause: PauseFact?
    /// The job's earliest start.
    public var runAfter: Timestamp?
    /// The instant after which the job expires if it has not started.
    public var expiresAt: Timestamp?
    /// The worker's slots.
    public var worker = SlotFact()
    /// The slots of the job's domain.
    public var domain = SlotFact()
    /// The slots of the job's group.
    public var group = SlotFact()
    /// The slots that the group's share allows on this worker.
    public var share = SlotFact()
    /// Whether the job waits behind another suspect that runs.
    public var waitsForSuspect = false
    /// The least urgent priority that the current pressure lets through.
    public var leastPriority = Priority.idle
    /// The bytes that the job will move, and the budget.
    public var io: IOFact?
    /// The rate of the job's type.
    public var typeRate: RateFact?
    /// The rate of the job's group.
    public var groupRate: RateFact?

    /// Creates the facts of a job that nothing holds back.
    public init(now: Timestamp, priority: Priority = .normal) {
        self.now = now
        self.priority = priority
    }

    /// A pause of a part of the store's jobs.
    public struct PauseFact: Hashable, Sendable {
        /// The instant at which it ends by itself; `nil`: never.
        public var until: Timestamp?

        /// Creates a fact.
        public init(until: Timestamp? = nil) {
            self.until = until
        }
    }

    /// The number of running jobs and its limit.
    public struct SlotFact: Hashable, Sendable {
        /// The number of running jobs.
        public var running: Int
        /// The maximum number; `nil`: no limit.
        public var limit: Int?

        /// Creates a fact.
        public init(running: Int = 0, limit: Int? = nil) {
            self.running = running
            self.limit = limit
        }
    }

    /// The bytes that a job and the running ones will move.
    public struct IOFact: Hashable, Sendable {
        /// The bytes that the worker's running jobs are expected to move.
        public var running: IOAmount
        /// The bytes that the job is expected to move.
        public var own: IOAmount
        /// The budget of each axis.
        public var budget: IOAmount
        /// Whether a job that is expected to move something is running.
        public var othersRun: Bool

        /// Creates a fact.
        public init(running: IOAmount, own: IOAmount, budget: IOAmount, othersRun: Bool) {
            self.running = running
            self.own = own
            self.budget = budget
            self.othersRun = othersRun
        }
    }

    /// A rate, and the instant of its next token.
    public struct RateFact: Hashable, Sendable {
        /// The rate.
        public var limit: RateLimit
        /// The instant of the next token; `nil`: there is one now.
        public var nextToken: Timestamp?

        /// Creates a fact.
        public init(limit: RateLimit, nextToken: Timestamp?) {
            self.limit = limit
            self.nextToken = nextToken
        }
    }
}

/// A gate's answer for a job.
public enum GateVerdict: Hashable, Sendable {
    /// The gate lets the job through.
    case admit
    /// The gate holds the job back, until an instant if one is known.
    case block(Gate.Block.Reason, until: Timestamp?)
}

// Each gate is a pure function of the facts. The claim and the explanation ask the same functions with the same
// facts, so they can't disagree.
extension Gate {
    /// All gates, in their order: `allCases` would create the list anew each time.
    private static let list = allCases

    /// Returns the first gate that holds a job with these facts back; `nil` if the job may start.
    public static func firstBlock(of facts: GateFacts) -> Gate.Block? {
        for gate in list {
            if case .block(let reason, let until) = gate.judge(facts) { return Gate.Block(gate, reason, until: until) }
        }
        return nil
    }

    /// Returns all gates that hold a job with these facts back, in their order.
    public static func blocks(of facts: GateFacts) -> [Gate.Block] {
        list.compactMap { gate in
            guard case .block(let reason, let until) = gate.judge(facts) else { return nil }
            return Gate.Block(gate, reason, until: until)
        }
    }

    /// Returns the gate's answer for a job with these facts.
    public func judge(_ facts: GateFacts) -> GateVerdict {
        switch self {
        case .queuePause: Self.judge(facts.queuePause)
        case .domainPause: Self.judge(facts.domainPause)
        case .groupPause: Self.judge(facts.groupPause)
        case .due: Self.judgeStart(facts)
        case .expiry: Self.judgeExpiry(facts)
        case .workerSlot: Self.judge(facts.worker)
        case .domainSlot: Self.judge(facts.domain)
        case .groupSlot: Self.judgeGroup(facts)
        // Only one job that may have crashed its workers runs at a time.
        case .isolation: facts.waitsForSuspect ? .block(.suspect, until: nil) : .admit
        case .pressure: Self.judgePressure(facts)
        case .ioRoom: Self.judgeRoom(facts.io)
        case .typeRate: Self.judge(facts.typeRate)
        case .groupRate: Self.judge(facts.groupRate)
        }
    }

    private static func judge(_ pause: GateFacts.PauseFact?) -> GateVerdict {
        pause.map { .block(.paused, until: $0.until) } ?? .admit
    }

    private static func judge(_ slots: GateFacts.SlotFact) -> GateVerdict {
        guard let limit = slots.limit, slots.running >= limit else { return .admit }
        return .block(.slots(running: slots.running, limit: limit), until: nil)
    }

    private static func judge(_ rate: GateFacts.RateFact?) -> GateVerdict {
        guard let rate, let next = rate.nextToken else { return .admit }
        return .block(.rate(rate.limit), until: next)
    }

    private static func judgeStart(_ facts: GateFacts) -> GateVerdict {
        guard let start = facts.runAfter, start > facts.now else { return .admit }
        return .block(.notDue, until: start)
    }

    /// A claim that meets an expired job ends it.
    private static func judgeExpiry(_ facts: GateFacts) -> GateVerdict {
        guard let expiry = facts.expiresAt, expiry <= facts.now else { return .admit }
        return .block(.expired, until: nil)
    }

    /// The group's own limit comes first, then the cap of its share on this worker.
    private static func judgeGroup(_ facts: GateFacts) -> GateVerdict {
        let verdict = judge(facts.group)
        guard verdict == .admit, let maximum = facts.share.limit, facts.share.running >= maximum else { return verdict }
        return .block(.share(running: facts.share.running, maximum: maximum), until: nil)
    }

    /// A job's own priority counts, not the one that waiting has brought it to.
    private static func judgePressure(_ facts: GateFacts) -> GateVerdict {
        if facts.priority <= facts.leastPriority { return .admit }
        return .block(.pressure(leastPriority: facts.leastPriority), until: nil)
    }

    /// A job that would never fit runs when no other job moves anything.
    private static func judgeRoom(_ io: GateFacts.IOFact?) -> GateVerdict {
        guard let io, io.othersRun else { return .admit }
        let fits =
            fits(io.running.diskRead, io.own.diskRead, io.budget.diskRead)
            && fits(io.running.diskWritten, io.own.diskWritten, io.budget.diskWritten)
            && fits(io.running.networkReceived, io.own.networkReceived, io.budget.networkReceived)
            && fits(io.running.networkSent, io.own.networkSent, io.budget.networkSent)
        return fits ? .admit : .block(.ioRoom(running: io.running, own: io.own, budget: io.budget), until: nil)
    }

    /// An axis on which the job moves nothing does not hold it back.
    private static func fits(_ running: Int64, _ own: Int64, _ budget: Int64) -> Bool {
        if own == 0 || budget == .max { return true }
        let (sum, overflow) = running.addingReportingOverflow(own)
        return !overflow && sum <= budget
    }
}
