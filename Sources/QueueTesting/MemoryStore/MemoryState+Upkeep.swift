import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Deletes ended jobs that the policy does not keep, the oldest first.
    ///
    /// Dead letters that are kept do not count toward the maximum.
    mutating func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) -> Int {
        let ended = jobs.entries.values.map(\.record)
            .filter { $0.state.isTerminal && !(policy.keepsDeadLetters && $0.state == .deadLettered) }
            .sorted { ($0.finishedAt ?? .distantPast, $0.id) < ($1.finishedAt ?? .distantPast, $1.id) }
        let surplus = policy.maximumCount.map { max(0, ended.count - $0) } ?? 0
        var deleted = 0
        for (index, record) in ended.enumerated() where deleted < limit {
            let isOld = policy.maximumAge.map { now.since(record.finishedAt ?? now) > $0 } ?? false
            guard index < surplus || isOld, !jobs.isNeeded(record) else { continue }
            jobs.delete(record.id)
            deleted += 1
        }
        return deleted
    }

    /// Ends jobs that have expired and do not run, the first to expire first.
    mutating func expire(limit: Int, at now: Timestamp, _ report: inout CommitReport) -> ExpirySweep {
        let expired = jobs.entries.values.map(\.record)
            .filter { !$0.state.isTerminal && $0.state != .running && $0.hasExpired(at: now) }
            .sorted { ($0.expiresAt ?? .distantPast, $0.id) < ($1.expiresAt ?? .distantPast, $1.id) }
            .prefix(limit)
        // A child may already have ended with its parent.
        for record in expired where jobs.isActive(record.id) {
            report.changes.append(
                JobChange(id: record.id, type: record.type, state: .expired, age: now.since(record.submittedAt)))
            propagate([.end(record.id, as: .expired, nil, cause: nil)], at: now, &report)
        }
        return ExpirySweep(changes: report.changes, isPartial: expired.count == limit)
    }

    /// Returns what is wrong with the stored data, one sentence each.
    func check() -> [String] {
        jobs.check(workers) + schedules.check(lastJob: jobs.lastID)
    }
}
