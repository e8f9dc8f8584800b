import QueueModel

/// Keeps the limits that can change while a queue runs, and makes the rules for a store's claim out of them.
///
/// This is where the gates of rule D1 meet: whatever a gate decides becomes a part of the rules, so that a store leaves out what
/// is held back as whole lanes. What is stored for all workers (holds, the running jobs that limits are compared with, instants)
/// is the store's own to judge.
struct AdmissionPlanner {
    /// How many jobs this worker runs at once.
    var concurrency: Int
    private var rules: AdmissionRules

    init(configuration: QueueConfiguration, registry: Registry) {
        concurrency = configuration.concurrency
        rules = AdmissionRules(
            types: registry.claimable, domains: registry.domains, groups: configuration.groups,
            otherGroups: configuration.otherGroups)
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

    mutating func setLeastPriority(_ priority: Priority) {
        guard rules.leastPriority != priority else { return }
        rules.leastPriority = priority
        rules.generation += 1
    }
}
