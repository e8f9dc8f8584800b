/// What a worker's gates let through, in a form by which a store can claim without looking at a job that is held back.
///
/// A store judges lanes (a type with a group), not jobs: a lane whose type, domain or group is held or full is left out of a
/// claim as a whole, however many jobs stand in it (rule D2). The numbers of running jobs that limits are compared with are
/// the store's own, counted in the transaction of the claim, so that a limit holds exactly.
///
/// The rules change seldom and a claim is frequent: ``generation`` tells a store whether what it derived from them still holds.
public struct AdmissionRules: Sendable {
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
    /// The least urgent priority that may be claimed.
    public var leastPriority: Priority

    /// Makes rules; what is not named lets everything through.
    public init(
        generation: UInt64 = 0, types: [JobType: Int], domains: [DomainRule], groups: [String: GroupRule] = [:],
        otherGroups: GroupRule = GroupRule(), leastPriority: Priority = .idle
    ) {
        self.generation = generation
        self.types = types
        self.domains = domains
        self.groups = groups
        self.otherGroups = otherGroups
        self.leastPriority = leastPriority
    }
}

/// What may run of a domain.
public struct DomainRule: Hashable, Sendable {
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

/// What may run of a group.
public struct GroupRule: Hashable, Sendable {
    /// How many jobs of the group may run at once; `nil`: no limit, 0: none.
    public var limit: Int?
    /// Whose running jobs are counted.
    public var scope: LimitScope

    /// Makes a rule.
    public init(limit: Int? = nil, scope: LimitScope = .shared) {
        self.limit = limit
        self.scope = scope
    }
}

/// Whose running jobs a limit counts.
public enum LimitScope: UInt8, Hashable, Sendable, Codable {
    /// Those of all workers of the store.
    case shared = 0
    /// Those of this worker.
    case worker = 1
}
