import QueueModel
import QueueStoreKit

/// The checks of limits (invariant I5) and of the order of claims (I8).
extension Audit {
    /// Checks the running jobs after a claim.
    mutating func checkLimits(after claimed: [JobRecord], _ request: ClaimRequest, executing: Int) {
        let rules = request.rules
        if claimed.count > request.limit {
            report("I5: \(claimed.count) jobs were claimed, and \(request.limit) asked for")
        }
        if let concurrency = rules.concurrency, executing + claimed.count > concurrency {
            report(
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
            if count > limit { report("I5: \(count) jobs of group \(group) run, the limit is \(limit)") }
        }
        for domain in Set(claimed.compactMap { rules.types[$0.type] }).sorted() {
            guard rules.domains.indices.contains(domain), let limit = rules.domains[domain].limit else { continue }
            let count = running.count { $0.holder == request.worker && rules.types[$0.type] == domain }
            if count > limit {
                report(
                    "I5: \(count) jobs of domain \(rules.domains[domain].name) run on \(request.worker), the limit is \(limit)"
                )
            }
        }
    }

    /// Returns the jobs that should have been claimed before the last claimed one, unless a gate blocked them.
    func overtaken(by claimed: [JobRecord], _ request: ClaimRequest) -> [JobID] {
        // Aging and shares change the order, and jobs that load holds back are not visible here.
        guard request.rules.aging == nil, request.rules.fairShare == nil, request.rules.ioBudget == nil,
            let last = claimed.map({ ($0.priority, $0.id) }).max(by: <)
        else { return [] }
        return sorted.filter { id, entry in
            entry.isActive && entry.holder == nil && (entry.priority, id) < last
                && entry.priority <= request.rules.leastPriority && !mayBeBlocked(entry, by: request)
        }.map(\.key)
    }

    /// Whether a limit that is reached by now, or a rate, may have blocked a job.
    private func mayBeBlocked(_ entry: Entry, by request: ClaimRequest) -> Bool {
        let rules = request.rules
        guard let domain = rules.types[entry.type], rules.typeRates[entry.type] == nil else { return true }
        if let limit = rules.domains[domain].limit {
            let count = entries.values.count { $0.holder == request.worker && rules.types[$0.type] == domain }
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
