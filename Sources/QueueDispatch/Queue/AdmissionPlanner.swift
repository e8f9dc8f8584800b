import QueueModel
import QueueStoreKit

/// The limits that can change while a queue runs, as the rules of a store's claim.
///
/// The settings of all gates meet here: each becomes a part of the rules, so that a store skips whole lanes of jobs
/// that are held back. The store itself judges what is stored for all workers: pauses, running jobs that limits are
/// compared with, token buckets, instants.
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

    /// Returns the rules of a claim.
    func current() -> AdmissionRules { rules }

    mutating func setDomain(_ name: String, limit: Int?) -> Bool {
        guard let index = rules.domains.firstIndex(where: { $0.name == name }) else { return false }
        rules.domains[index].limit = limit
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
