import QueueModel
import QueueStoreKit

/// How many may run (invariant I5), and who comes first (I8).
extension AuditBook {
    /// Looks at what runs once a claim has been made.
    mutating func checkLimits(after claimed: [JobRecord], _ request: ClaimRequest, executing: Int) {
        let rules = request.rules
        if claimed.count > request.limit {
            blame("I5: \(claimed.count) jobs were claimed, and \(request.limit) asked for")
        }
        if let concurrency = rules.concurrency, executing + claimed.count > concurrency {
            blame(
                "I5: \(executing) jobs run on \(request.worker), \(claimed.count) more were claimed, the limit is \(concurrency)"
            )
        }
        let running = entries.values.filter { $0.holder != nil }
        for group in Set(claimed.compactMap(\.group)).sorted() {
            let rule = rules.groups[group] ?? rules.otherGroups
            guard let limit = rule.limit else { continue }
            let count = running.count { entry in
                entry.group == group && (rule.scope == .shared || entry.holder == request.worker)
            }
            if count > limit { blame("I5: \(count) jobs of group \(group) run, the limit is \(limit)") }
        }
        for place in Set(claimed.compactMap { rules.types[$0.type] }).sorted() {
            guard rules.domains.indices.contains(place), let limit = rules.domains[place].limit else { continue }
            let count = running.count { $0.holder == request.worker && rules.types[$0.type] == place }
            if count > limit {
                blame(
                    "I5: \(count) jobs of domain \(rules.domains[place].name) run on \(request.worker), the limit is \(limit)"
                )
            }
        }
    }

    /// The jobs that should have been claimed before the last of those that were, unless a gate held them back.
    func overtaken(by claimed: [JobRecord], _ request: ClaimRequest) -> [JobID] {
        // With ages and shares the order is another, and what a strained machine holds back is not seen here.
        guard request.rules.aging == nil, request.rules.fairShare == nil, request.rules.ioBudget == nil,
            let last = claimed.map({ ($0.priority, $0.id) }).max(by: <)
        else { return [] }
        return sorted.filter { id, entry in
            entry.isActive && entry.holder == nil && (entry.priority, id) < last
                && entry.priority <= request.rules.leastPriority && !mayBeHeld(entry, by: request)
        }.map(\.key)
    }

    /// Whether a limit that is reached by now, or a rate, may have held a job back.
    private func mayBeHeld(_ entry: Entry, by request: ClaimRequest) -> Bool {
        let rules = request.rules
        guard let place = rules.types[entry.type], rules.typeRates[entry.type] == nil else { return true }
        if let limit = rules.domains[place].limit {
            let count = entries.values.count { $0.holder == request.worker && rules.types[$0.type] == place }
            if count >= limit { return true }
        }
        guard let group = entry.group else { return false }
        let rule = rules.groups[group] ?? rules.otherGroups
        if rule.rate != nil { return true }
        guard let limit = rule.limit else { return false }
        return entries.values.count {
            $0.group == group && $0.holder != nil && (rule.scope == .shared || $0.holder == request.worker)
        } >= limit
    }
}
