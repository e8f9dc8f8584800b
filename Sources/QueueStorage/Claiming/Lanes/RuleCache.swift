import QueueModel
import QueueStoreKit

/// The rules of a view by the ids of types and groups, each resolved when it is first needed.
struct RuleCache {
    let rules: ClaimRules
    private var types: [Int64: ClaimRules.TypeRules?] = [:]
    private var groups: [Int64: ClaimRules.GroupRules] = [:]
    private let pausedDomains: [Bool]
    let isFair: Bool

    init(_ rules: ClaimRules) {
        self.rules = rules
        isFair = rules.admission.fairShare != nil
        pausedDomains = rules.admission.domains.map { rules.pause(on: .domain($0.name)) != nil }
    }

    /// Whether waiting makes jobs more urgent.
    var hasAging: Bool { rules.admission.aging != nil }

    /// The domains with their limits.
    var domains: [DomainRule] { rules.admission.domains }

    mutating func type(_ id: Int64) -> ClaimRules.TypeRules? {
        if let known = types[id] { return known }
        let made = rules.type(id)
        types[id] = made
        return made
    }

    /// The rules of a group, and whether it was asked for the first time.
    mutating func group(_ id: Int64) -> (rules: ClaimRules.GroupRules, isNew: Bool) {
        if let known = groups[id] { return (known, false) }
        let made = rules.group(id)
        groups[id] = made
        return (made, true)
    }

    func isPaused(domain: Int) -> Bool { pausedDomains[domain] }

    /// The pause on a domain.
    func pause(ofDomain domain: Int) -> GateFacts.PauseFact? {
        pausedDomains[domain] ? rules.pause(on: .domain(domains[domain].name)) : nil
    }

    /// Whether jobs of a type are claimed here at all.
    mutating func claims(type id: Int64) -> Bool { type(id) != nil }

    /// Whether a lane comes before all shares.
    func isUrgent(_ place: Place, _ key: LaneKey) -> Bool {
        guard hasAging, let urgent = rules.admission.fairShare?.urgent else { return false }
        return place.priority < key.priority && place.priority <= Int64(urgent.rawValue)
    }

    /// The effective priority of a job that has waited since an instant.
    mutating func effectivePriority(_ key: LaneKey, since start: Int64, at now: Timestamp) -> Int64 {
        guard let aging = rules.admission.aging, let type = type(key.type) else { return key.priority }
        let waited = rules.waited(key, domain: type.domain, since: start, at: now)
        return Int64(aging.effective(key.jobPriority, waited: waited).rawValue)
    }
}
