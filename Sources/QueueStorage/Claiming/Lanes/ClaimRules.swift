import QueueModel
import QueueStoreKit

/// The rules and pauses that a view of the lanes is derived from, by the ids of types and groups.
///
/// It is a class because it never changes, is large, and every view that is moved carries it.
final class ClaimRules {
    /// The rules of a type that may be claimed.
    struct TypeRules {
        var domain: Int
        var rate: TokenBuckets.Rate?
    }

    /// The rules of a group, or of the jobs without one.
    struct GroupRules {
        var rule: GroupRule
        var rate: TokenBuckets.Rate?
        var share: FairSharePolicy.Share
        /// The pause on it.
        var pause: GateFacts.PauseFact?
    }

    let admission: AdmissionRules
    /// The pauses in force.
    private let pauses: [Pause]
    private let log: PauseLog
    private let names: Names

    init(_ admission: AdmissionRules, pauses: [Pause], log: PauseLog, names: Names) {
        self.admission = admission
        self.pauses = pauses
        self.log = log
        self.names = names
    }

    /// The rules of a type; `nil` if it is not claimed here.
    func type(_ id: Int64) -> TypeRules? {
        // Every lane's names are known: see ``JobTable/know(_:)``.
        guard let type = names.type(id), let domain = admission.types[type], admission.domains.indices.contains(domain)
        else {
            return nil
        }
        let rate = admission.typeRates[type].map { TokenBuckets.Rate(key: .type($0.bucket), limit: $0.limit) }
        return TypeRules(domain: domain, rate: rate)
    }

    /// The rules of a group, or with 0 of jobs without one.
    func group(_ id: Int64) -> GroupRules {
        guard id != 0, let name = names.group(id) else {
            return GroupRules(rule: GroupRule(), share: admission.fairShare?.withoutGroup ?? FairSharePolicy.Share())
        }
        let rule = admission.groups[name] ?? admission.otherGroups
        return GroupRules(
            rule: rule, rate: rule.rate.map { TokenBuckets.Rate(key: .group(name), limit: $0) },
            share: admission.fairShare?.share(of: name) ?? FairSharePolicy.Share(), pause: pause(on: .group(name)))
    }

    /// The pause on a target; where there are several, the one that ends last.
    func pause(on target: Pause.Target) -> GateFacts.PauseFact? { Self.pause(on: target, of: pauses) }

    static func pause(on target: Pause.Target, of pauses: [Pause]) -> GateFacts.PauseFact? {
        var fact: GateFacts.PauseFact?
        for pause in pauses where pause.target == target {
            guard let until = pause.until else { return GateFacts.PauseFact() }
            fact = GateFacts.PauseFact(until: max(fact?.until ?? until, until))
        }
        return fact
    }

    /// The time in milliseconds that jobs of a lane have waited since an instant, without the time under pauses.
    func waited(_ key: LaneKey, domain: Int, since start: Int64, at now: Timestamp) -> Int64 {
        let (span, overflow) = now.milliseconds.subtractingReportingOverflow(start)
        if overflow || span <= 0 { return 0 }
        if log.isEmpty { return span }
        let group = key.group == 0 ? nil : names.group(key.group)
        return span
            - log.held(domain: admission.domains[domain].name, group: group, from: start, until: now.milliseconds)
    }
}
