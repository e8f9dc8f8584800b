import QueueModel

/// What the rules and the holds mean for types and groups by their numbers: what a view of the lanes is derived from.
///
/// A class, since it never changes, is large, and goes with every view that is moved.
final class ClaimTerms {
    /// A type that may be claimed.
    struct TypeTerms {
        var domain: Int
        var rate: TokenBuckets.Rate?
    }

    /// A group; of number 0: the jobs without one.
    struct GroupTerms {
        var rule: GroupRule
        var rate: TokenBuckets.Rate?
        var share: GroupShare
        /// The hold that lies on it.
        var pause: GateFacts.PauseFact?
    }

    let rules: AdmissionRules
    /// The holds in force.
    private let pauses: [Pause]
    private let log: PauseLog
    private let names: Names

    init(_ rules: AdmissionRules, pauses: [Pause], log: PauseLog, names: Names) {
        self.rules = rules
        self.pauses = pauses
        self.log = log
        self.names = names
    }

    /// The terms of a type; `nil`: it is not claimed here.
    func type(_ id: Int64) -> TypeTerms? {
        // Every lane's names are known: see ``JobTable/know(_:)``.
        guard let type = names.type(id), let domain = rules.types[type], rules.domains.indices.contains(domain) else {
            return nil
        }
        let rate = rules.typeRates[type].map { TokenBuckets.Rate(key: .type($0.bucket), limit: $0.limit) }
        return TypeTerms(domain: domain, rate: rate)
    }

    func group(_ id: Int64) -> GroupTerms {
        guard id != 0, let name = names.group(id) else {
            return GroupTerms(rule: GroupRule(), share: rules.fairShare?.withoutGroup ?? GroupShare())
        }
        let rule = rules.groups[name] ?? rules.otherGroups
        return GroupTerms(
            rule: rule, rate: rule.rate.map { TokenBuckets.Rate(key: .group(name), limit: $0) },
            share: rules.fairShare?.share(of: name) ?? GroupShare(), pause: pause(on: .group(name)))
    }

    /// The hold that lies on a part, with the latest of their ends.
    func pause(on target: Pause.Target) -> GateFacts.PauseFact? { Self.pause(on: target, of: pauses) }

    static func pause(on target: Pause.Target, of pauses: [Pause]) -> GateFacts.PauseFact? {
        var fact: GateFacts.PauseFact?
        for pause in pauses where pause.target == target {
            guard let until = pause.until else { return GateFacts.PauseFact() }
            fact = GateFacts.PauseFact(until: max(fact?.until ?? until, until))
        }
        return fact
    }

    /// For how many milliseconds jobs of a lane have waited that could first start at an instant, with holds left out.
    func waited(_ key: LaneKey, domain: Int, since start: Int64, at now: Timestamp) -> Int64 {
        let (span, overflow) = now.milliseconds.subtractingReportingOverflow(start)
        if overflow || span <= 0 { return 0 }
        if log.isEmpty { return span }
        let group = key.group == 0 ? nil : names.group(key.group)
        return span - log.held(domain: rules.domains[domain].name, group: group, from: start, until: now.milliseconds)
    }
}
