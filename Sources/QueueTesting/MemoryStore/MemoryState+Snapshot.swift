import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Returns a snapshot of the store.
    func snapshot(of rules: AdmissionRules, at now: Timestamp) -> StoreSnapshot {
        var snapshot = StoreSnapshot()
        for (id, entry) in jobs.entries {
            let record = entry.record
            guard !record.state.isTerminal else {
                snapshot.counts[record.state] += 1
                continue
            }
            let isDue = jobs.isDue(record, at: now)
            snapshot.count(record.state, type: record.type, group: record.group, isDue: isDue)
            if isDue, snapshot.oldestPending.map({ id < $0.id }) ?? true {
                snapshot.oldestPending = .init(id: id, submittedAt: record.submittedAt)
            }
        }
        snapshot.setRates(of: rules, at: now) { owner in
            switch owner {
            case .type(let type): buckets[.type(type), default: TokenBucket()]
            case .group(let name): buckets[.group(name), default: TokenBucket()]
            }
        }
        snapshot.pauses = pauses.inForce(at: now)
        snapshot.schedules = schedules.all
        snapshot.workers = workers.all.map { id, lease in
            StoreSnapshot.WorkerStatus(
                id: id, openedAt: lease.openedAt, renewedAt: lease.renewedAt.date, lease: lease.duration,
                running: jobs.running(on: id).count)
        }
        return snapshot
    }
}
