public import QueueModel

/// A worker's request to claim jobs.
public struct ClaimRequest: Sendable, Codable {
    /// The worker, which must hold its lease.
    public var worker: WorkerID
    /// The maximum number of jobs, at least 0.
    public var limit: Int
    /// The rules by which the gates judge.
    public var rules: AdmissionRules
    /// The least urgent priority for which running jobs are preempted; `nil`: none.
    ///
    /// With it, the store returns in ``TurnResult/preemptors`` how many such jobs only lack a slot, and keeps
    /// preempted jobs where they are while one of them is ready or runs.
    public var preemptsAt: Priority?

    /// Creates a request.
    public init(worker: WorkerID, limit: Int, rules: AdmissionRules, preemptsAt: Priority? = nil) {
        self.worker = worker
        self.limit = limit
        self.rules = rules
        self.preemptsAt = preemptsAt
    }
}

/// The rules of a worker's gates, in a form that lets a store claim without looking at jobs that are held back.
///
/// A store judges lanes (jobs of the same type, group, priority and ``IOSize``), not jobs. All jobs of a lane pass
/// the same ``Gate``s or none, so a claim skips a blocked lane as a whole, no matter how many jobs it has. The store
/// itself counts the running jobs that limits are compared with, and keeps the token buckets, in the transaction of
/// the claim, so that limits hold exactly.
///
/// Rules change rarely and claims are frequent: ``generation`` tells a store whether what it derived from them is
/// still valid.
public struct AdmissionRules: Hashable, Sendable, Codable {
    /// The generation, which differs between any two different rules of one worker, so that a store can cache what it
    /// derived from them.
    public var generation: UInt64
    /// The stored types that may be claimed, each with the index of its domain in ``domains``.
    ///
    /// Other types are ignored.
    public var types: [JobType: Int]
    /// The domains of ``types``.
    public var domains: [DomainRule]
    /// The rules of individual groups.
    public var groups: [String: GroupRule]
    /// The rule of every other group.
    ///
    /// Jobs without a group have none.
    public var otherGroups: GroupRule
    /// The maximum number of jobs that this worker runs at once; `nil`: as many as the claim asks for.
    ///
    /// ``ClaimRequest/limit`` bounds a claim; an explanation compares the running jobs with this.
    public var concurrency: Int?
    /// The rates of types, each with the name of its bucket: former names of a type share that of the current one.
    public var typeRates: [JobType: TypeRate]
    /// The least urgent priority that may be claimed.
    public var leastPriority: Priority
    /// The aging policy; `nil`: jobs don't age.
    public var aging: AgingPolicy?
    /// The policy that divides slots between groups; `nil`: priority alone decides.
    public var fairShare: FairSharePolicy?
    /// The bytes that running jobs may be expected to move at once; an axis of `Int64.max` is unlimited, `nil`: all
    /// are.
    ///
    /// It follows measurements, so it may change without ``generation``.
    public var ioBudget: IOAmount?

    /// Creates rules; omitted ones let everything through.
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

/// The rate of a type.
public struct TypeRate: Hashable, Sendable, Codable {
    /// The type whose bucket is used.
    public var bucket: JobType
    /// The rate.
    public var limit: RateLimit

    /// Creates a rate.
    public init(bucket: JobType, limit: RateLimit) {
        self.bucket = bucket
        self.limit = limit
    }
}

/// The limit of a domain.
public struct DomainRule: Hashable, Sendable, Codable {
    /// The domain's name; empty for types without a domain.
    public var name: String
    /// The maximum number of the domain's jobs that run on this worker at once; `nil`: no limit, 0: none may run.
    public var limit: Int?

    /// Creates a rule.
    public init(name: String, limit: Int? = nil) {
        self.name = name
        self.limit = limit
    }
}

extension AdmissionRules {
    /// Returns the limit of a group over all workers, so that a slot freed on one may be what another waits for;
    /// `nil` if no such limit exists.
    package func sharedLimit(ofGroup group: String) -> Int? {
        let rule = groups[group] ?? otherGroups
        return rule.scope == .shared ? rule.limit : nil
    }
}
