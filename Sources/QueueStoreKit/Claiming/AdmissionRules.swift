public import QueueModel

/// What a worker asks for when it claims.
public struct ClaimRequest: Sendable, Codable {
    /// Who claims, with a lease that holds.
    public var worker: WorkerID
    /// At most so many jobs, at least 0.
    public var limit: Int
    /// What the gates let through.
    public var rules: AdmissionRules
    /// The least urgent priority for which running jobs are set aside; `nil`: none (rule D7).
    ///
    /// With it the store tells in ``TurnResult/preemptors`` how many such jobs only lack a slot, and keeps jobs that were set
    /// aside where they are while one of them is ready or runs.
    public var preemptsAt: Priority?

    /// Makes a request.
    public init(worker: WorkerID, limit: Int, rules: AdmissionRules, preemptsAt: Priority? = nil) {
        self.worker = worker
        self.limit = limit
        self.rules = rules
        self.preemptsAt = preemptsAt
    }
}

/// What a worker's gates let through, in a form by which a store can claim without looking at a job that is held back.
///
/// A store judges lanes (jobs of one type, group, priority and ``IOSize``), not jobs: all of a lane pass the same ``Gate``s or none, so a lane
/// that is held is left out of a claim as a whole, however many jobs stand in it (rule D2). The running jobs that limits are
/// compared with, and the token buckets of rates, are the store's own, counted in the transaction of the claim, so that a limit
/// holds exactly.
///
/// The rules change seldom and a claim is frequent: ``generation`` tells a store whether what it derived from them still holds.
public struct AdmissionRules: Hashable, Sendable, Codable {
    /// Differs between any two different rules of one worker, so that a store can keep what it derived from them.
    public var generation: UInt64
    /// The stored types that may be claimed, each with the place of its domain in ``domains``.
    ///
    /// Others are left alone.
    public var types: [JobType: Int]
    /// The domains of ``types``.
    public var domains: [DomainRule]
    /// Groups with a rule of their own.
    public var groups: [String: GroupRule]
    /// The rule of every other group.
    ///
    /// Jobs without a group have none.
    public var otherGroups: GroupRule
    /// How many jobs this worker may run at once; `nil`: as many as the claim asks for.
    ///
    /// A claim is bounded by ``ClaimRequest/limit``; this is what an explanation compares the running jobs with.
    public var concurrency: Int?
    /// Types with a rate, each with the name of its bucket: former names of a type share that of the present one.
    public var typeRates: [JobType: TypeRate]
    /// The least urgent priority that may be claimed.
    public var leastPriority: Priority
    /// How jobs that wait become more urgent; `nil`: they do not.
    public var aging: AgingPolicy?
    /// How slots are divided between groups; `nil`: by priority alone.
    public var fairShare: FairSharePolicy?
    /// The bytes that running jobs may be expected to move at once; an axis of `Int64.max` is not limited, `nil`: none is.
    ///
    /// It follows what is measured, so it may change without ``generation``.
    public var ioBudget: IOAmount?

    /// Makes rules; what is not named lets everything through.
    public init(
        generation: UInt64 = 0, types: [JobType: Int], domains: [DomainRule], groups: [String: GroupRule] = [:],
        otherGroups: GroupRule = GroupRule(), concurrency: Int? = nil, typeRates: [JobType: TypeRate] = [:],
        leastPriority: Priority = .idle, aging: AgingPolicy? = nil, fairShare: FairSharePolicy? = nil,
        ioBudget: IOAmount? = nil
    ) {
        self.generation = generation
        self.types = types
        self.domains = domains
        self.groups = groups
        self.otherGroups = otherGroups
        self.concurrency = concurrency
        self.typeRates = typeRates
        self.leastPriority = leastPriority
        self.aging = aging
        self.fairShare = fairShare
        self.ioBudget = ioBudget
    }
}

/// How often jobs of a type may start.
public struct TypeRate: Hashable, Sendable, Codable {
    /// The type whose bucket is used.
    public var bucket: JobType
    /// The rate.
    public var limit: RateLimit

    /// Makes a rate.
    public init(bucket: JobType, limit: RateLimit) {
        self.bucket = bucket
        self.limit = limit
    }
}

/// What may run of a domain.
public struct DomainRule: Hashable, Sendable, Codable {
    /// The domain's name; empty for types without a domain.
    public var name: String
    /// How many jobs of the domain may run on this worker at once; `nil`: no limit, 0: none.
    public var limit: Int?

    /// Makes a rule.
    public init(name: String, limit: Int? = nil) {
        self.name = name
        self.limit = limit
    }
}

extension AdmissionRules {
    /// How many jobs of a group may run over all workers, so that a slot which one frees may be what another waits for; `nil` if no limit
    /// of the group counts them all.
    package func sharedLimit(ofGroup group: String) -> Int? {
        let rule = groups[group] ?? otherGroups
        return rule.scope == .shared ? rule.limit : nil
    }
}
