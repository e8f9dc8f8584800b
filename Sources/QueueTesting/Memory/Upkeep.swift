import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Deletes ended jobs that the policy does not keep, the oldest first (rule Q6).
    ///
    /// Dead letters that are kept do not count.
    mutating func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) -> Int {
        let ended = entries.values.map(\.record)
            .filter { $0.state.isTerminal && !(policy.keepsDeadLetters && $0.state == .deadLettered) }
            .sorted { ($0.finishedAt ?? .distantPast, $0.id) < ($1.finishedAt ?? .distantPast, $1.id) }
        let surplus = policy.maximumCount.map { max(0, ended.count - $0) } ?? 0
        var deleted = 0
        for (index, record) in ended.enumerated() where deleted < limit {
            let isOld = policy.maximumAge.map { now.since(record.finishedAt ?? now) > $0 } ?? false
            guard index < surplus || isOld, !isNeeded(record), let entry = entries[record.id] else { continue }
            delete(record.id, entry)
            deleted += 1
        }
        return deleted
    }

    /// Ends jobs that have expired and do not run, the first to expire first (rule Q7).
    mutating func expire(limit: Int, at now: Timestamp, _ effects: inout Effects) -> ExpirySweep {
        let expired = entries.values.map(\.record)
            .filter { !$0.state.isTerminal && $0.state != .running && $0.hasExpired(at: now) }
            .sorted { ($0.expiresAt ?? .distantPast, $0.id) < ($1.expiresAt ?? .distantPast, $1.id) }
            .prefix(limit)
        // A child may end with its parent before its turn.
        for record in expired where isActive(record.id) {
            effects.changes.append(
                JobChange(id: record.id, type: record.type, state: .expired, age: now.since(record.submittedAt)))
            settle([.end(record.id, as: .expired, nil, cause: nil)], at: now, &effects)
        }
        return ExpirySweep(changes: effects.changes, isPartial: expired.count == limit)
    }

    /// Whether an active job still looks at this ended one.
    func isNeeded(_ record: JobRecord) -> Bool {
        if let parent = record.parent, isActive(parent) { return true }
        return dependents[record.id]?.keys.contains(where: isActive) ?? false
    }

    /// What is wrong, one sentence each (invariants I2, I3, I6, I7).
    func check() -> [String] {
        var wrong: [String] = []
        for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let record = entry.record
            if (record.state == .running) != running.contains(id) {
                wrong.append("\(id) is \(record.state) and the list of running jobs says otherwise")
            }
            if (record.state == .preempted) != paused.contains(id)
                || (record.state == .preempted) != (entry.pausedAt != nil)
            {
                wrong.append("\(id) is \(record.state) and the list of jobs set aside says otherwise")
            }
            if record.state == .running, !(record.worker.map { workers[$0] != nil } ?? false) {
                wrong.append("\(id) runs without a worker")
            }
            let stands = ready.contains(record)
            let waits = record.runAfter.map { scheduled.contains(Start(at: $0, id: id)) } ?? false
            if (record.state == .pending) != (stands != waits) || stands && waits {
                wrong.append("\(id) is \(record.state) and stands in the wrong order")
            }
            if record.state.isTerminal != (record.finishedAt != nil) {
                wrong.append("\(id) is \(record.state) and its end says otherwise")
            }
            if record.state == .blocked, entry.openDependencies.isEmpty {
                wrong.append("\(id) is blocked by nothing")
            }
            if record.state == .waiting, entry.openChildren.isEmpty {
                wrong.append("\(id) waits for no child")
            }
            for child in entry.openChildren where !isActive(child) || entries[child]?.record.parent != id {
                wrong.append("\(id) counts \(child), which is no active child of it")
            }
            if let key = record.key, !record.state.isTerminal, keys[KeyOwner(type: record.type, key: key)] != id {
                wrong.append("\(id) is active and does not have its key")
            }
        }
        for (owner, id) in keys where !isActive(id) {
            wrong.append("a key of \(owner.type) is taken by \(id), which is not active")
        }
        return wrong + checkSchedules()
    }
}
