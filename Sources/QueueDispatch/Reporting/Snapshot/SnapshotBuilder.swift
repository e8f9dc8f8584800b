import QueueModel
import QueueStoreKit

/// Builds a snapshot of a queue from one read of its store and from what the queue itself knows.
struct SnapshotBuilder {
    let core: QueueCore

    func snapshot() async throws(QueueError) -> QueueSnapshot {
        let rules = core.rules.limits
        let takenAt = core.now
        let store = try await core.store.snapshot(of: rules, at: takenAt)
        let running = await JobQueue.Inspector(core: core).running().map { QueueSnapshot.RunningStatus($0) }
        let status = core.worker?.status
        let here = RunningHere(running, domains: rules.types)
        let pressure = core.rules.pressure()
        return QueueSnapshot(
            takenAt: takenAt, phase: status?.phase ?? .idle, worker: status?.lease,
            concurrency: core.rules.concurrency, running: running, counts: store.counts,
            oldestPending: store.oldestPending, types: store.types,
            domains: domains(of: rules, store, here), groups: Self.groups(of: rules, store, here),
            typeRates: store.rates.filter { if case .type = $0.owner { true } else { false } },
            uncommitted: status?.uncommitted ?? 0, isHoldingBack: status?.isHoldingBack ?? false,
            pressure: pressure,
            leastPriority: core.configuration.pressurePolicy.leastPriority(at: pressure.map(\.value).max() ?? 0),
            counters: core.metrics.counters, pauses: store.pauses, schedules: store.schedules, workers: store.workers)
    }

    private func domains(
        of rules: AdmissionRules, _ store: StoreSnapshot, _ here: RunningHere
    ) -> [QueueSnapshot.DomainStatus] {
        var domains = rules.domains.enumerated().map { index, rule in
            QueueSnapshot.DomainStatus(
                name: rule.name, counts: StoreSnapshot.ActiveCounts(), running: here.byDomain[index, default: 0],
                limit: rule.limit)
        }
        for (type, counts) in store.types {
            if let index = core.registry.byType[type]?.domain { domains[index].counts += counts }
        }
        return domains
    }

    private static func groups(
        of rules: AdmissionRules, _ store: StoreSnapshot, _ here: RunningHere
    ) -> [QueueSnapshot.GroupStatus] {
        var rates: [String: StoreSnapshot.RateStatus] = [:]
        for rate in store.rates { if case .group(let name) = rate.owner { rates[name] = rate } }
        let names = Set(store.groups.keys).union(rules.groups.keys).union((rules.fairShare?.groups ?? [:]).keys)
        var groups = names.sorted().map { name in
            let rule = rules.groups[name] ?? rules.otherGroups
            let counts = store.groups[name, default: StoreSnapshot.ActiveCounts()]
            return QueueSnapshot.GroupStatus(
                name: name, counts: counts,
                running: rule.scope == .shared ? counts.running : here.byGroup[name, default: 0], limit: rule.limit,
                scope: rule.scope, rate: rates[name])
        }
        if store.withoutGroup != StoreSnapshot.ActiveCounts() {
            groups.insert(
                QueueSnapshot.GroupStatus(
                    name: nil, counts: store.withoutGroup, running: store.withoutGroup.running, scope: .shared), at: 0)
        }
        if let policy = rules.fairShare { allocate(rules.concurrency ?? 1, by: policy, to: &groups, here) }
        return groups
    }

    /// Divides the slots of this queue between the groups that have jobs for them.
    private static func allocate(
        _ slots: Int, by policy: FairSharePolicy, to groups: inout [QueueSnapshot.GroupStatus], _ here: RunningHere
    ) {
        let demands = groups.map { group in
            let running = here.byGroup[group.name, default: 0]
            // Jobs of other workers compete for the rest of a shared limit as well.
            let room = group.limit.map { max(0, $0 - group.running) } ?? .max
            return ShareDemand(policy.share(of: group.name), jobs: running + min(group.counts.due, room))
        }
        let slots = FairSharePolicy.allocate(slots, among: demands)
        for index in groups.indices {
            groups[index].share = demands[index].share
            groups[index].allocation = slots[index]
        }
    }
}

/// The number of jobs that run here, by domain and by group.
private struct RunningHere {
    var byDomain: [Int: Int] = [:]
    var byGroup: [String?: Int] = [:]

    init(_ running: [QueueSnapshot.RunningStatus], domains: [JobType: Int]) {
        for job in running {
            byGroup[job.group, default: 0] += 1
            if let domain = domains[job.type] { byDomain[domain, default: 0] += 1 }
        }
    }
}

extension Worker.Status {
    /// Whether the worker claims jobs or has been asked to stop.
    fileprivate var phase: QueueSnapshot.Phase {
        isStopping ? .stopping : .running
    }
}
