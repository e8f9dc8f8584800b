import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Does something to jobs that a query means, the first by id (rule Q1).
    mutating func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: BulkCursor?, limit: Int, at now: Timestamp,
        _ effects: inout Effects
    ) -> BulkStep {
        guard let narrow = action.narrowed(query) else { return BulkStep() }
        let last = cursor?.last ?? entries.keys.max() ?? JobID(0)
        let start = cursor?.after ?? JobID(.min)
        let found = matches(narrow).map(\.id).filter { $0 > start && $0 <= last }.sorted()
        let page = found.prefix(limit)
        var step = BulkStep()
        if found.count > limit, let after = page.last { step.next = BulkCursor(after: after, last: last) }
        for id in page {
            // Those before may have ended it.
            guard let entry = entries[id], narrow.means(entry.record) else { continue }
            apply(action, to: entry.record, &step, at: now, &effects)
        }
        step.changes = effects.changes
        return step
    }

    private mutating func apply(
        _ action: BulkAction, to record: JobRecord, _ step: inout BulkStep, at now: Timestamp,
        _ effects: inout Effects
    ) {
        let id = record.id
        switch action {
        case .cancel:
            if record.state == .running {
                step.requested += 1
            } else {
                step.changed += 1
                effects.changes.append(JobChange(id: id, type: record.type, state: .cancelled))
            }
            settle([.stop(id, as: .cancelled, cause: nil)], at: now, &effects)
        case .deleteEnded:
            guard !isNeeded(record), let entry = entries[id] else { return }
            delete(id, entry)
            step.changed += 1
        case .resubmit:
            let outcome = store(again(record), at: now, &effects)
            replacePredecessor(record, with: outcome.id)
            if outcome.isNew { step.changed += 1 }
            step.resubmissions.append(.init(origin: id, type: record.type, outcome: outcome))
        case .setPriority(let priority):
            if record.priority != priority { move(record, &step, at: now, &effects) { $0.priority = priority } }
        case .move(let group):
            if record.group != group { move(record, &step, at: now, &effects) { $0.group = group } }
        }
    }

    /// Puts a job that does not run into another lane.
    private mutating func move(
        _ record: JobRecord, _ step: inout BulkStep, at now: Timestamp, _ effects: inout Effects,
        _ change: (inout JobRecord) -> Void
    ) {
        update(record.id, at: now) { change(&$0.record) }
        step.changed += 1
        step.edits.append(.init(id: record.id, type: record.type))
        if let priority = entries[record.id]?.record.priority, [.pending, .preempted].contains(record.state) {
            effects.noteWork(priority)
        }
    }

    // MARK: Tags

    /// The values of a tag key with the number of jobs that have each (rule Q2).
    func tagValues(of key: String, after value: String?, limit: Int) -> [TagCount] {
        counts(after: value, limit: limit) { $0.key == key ? $0.value : nil }
    }

    /// The tag keys that begin with a prefix, with the number of jobs that have each (rule Q2).
    func tagKeys(prefix: String, after key: String?, limit: Int) -> [TagCount] {
        let range = PrefixRange(prefix)
        return counts(after: key, limit: limit) { range.contains($0.key) ? $0.key : nil }
    }

    private func counts(after: String?, limit: Int, _ text: (Tag) -> String?) -> [TagCount] {
        var counts: [String: Int] = [:]
        for entry in entries.values {
            for text in entry.record.tags.compactMap(text) { counts[text, default: 0] += 1 }
        }
        return counts.filter { counted in after.map { $0.utf8.lexicographicallyPrecedes(counted.key.utf8) } ?? true }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .prefix(limit).map { TagCount($0.key, count: $0.value) }
    }
}
