import QueueModel
import QueueStoreKit

/// Keeps the limits that can change while a queue runs, and makes the rules for a store's claim out of them.
///
/// This is where the settings of all gates (rule D1) meet: each becomes a part of the rules, so that a store leaves out what
/// is held back as whole lanes. What is stored for all workers (holds, the running jobs that limits are compared with, token
/// buckets, instants) is the store's own to judge.
struct AdmissionPlanner {
    private var rules: AdmissionRules

    init(configuration: QueueConfiguration, registry: Registry) {
        rules = AdmissionRules(
            types: registry.claimable, domains: registry.domains, groups: configuration.groups,
            otherGroups: configuration.otherGroups, concurrency: configuration.concurrency,
            typeRates: registry.rates, aging: configuration.aging, fairShare: configuration.fairShare)
    }

    /// How many jobs this worker runs at once.
    var concurrency: Int {
        get { rules.concurrency ?? 1 }
        set { rules.concurrency = newValue }
    }

    /// The rules of a claim.
    func current() -> AdmissionRules { rules }

    mutating func setDomain(_ name: String, limit: Int?) -> Bool {
        guard let place = rules.domains.firstIndex(where: { $0.name == name }) else { return false }
        rules.domains[place].limit = limit
        rules.generation += 1
        return true
    }

    mutating func setGroup(_ name: String, rule: GroupRule?) {
        rules.groups[name] = rule
        rules.generation += 1
    }

    mutating func setRate(_ limit: RateLimit?, of types: [JobType], bucket: JobType) {
        for type in types { rules.typeRates[type] = limit.map { TypeRate(bucket: bucket, limit: $0) } }
        rules.generation += 1
    }

    mutating func setAging(_ policy: AgingPolicy?) {
        rules.aging = policy
        rules.generation += 1
    }

    mutating func setFairShare(_ policy: FairSharePolicy?) {
        rules.fairShare = policy
        rules.generation += 1
    }

    mutating func setLeastPriority(_ priority: Priority) {
        guard rules.leastPriority != priority else { return }
        rules.leastPriority = priority
        rules.generation += 1
    }
}
