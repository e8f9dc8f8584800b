import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Applies an action to jobs that match a query, in the order of their ids.
    mutating func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp,
        _ report: inout CommitReport
    ) -> BulkStep {
        guard let narrow = action.narrowed(query) else { return BulkStep() }
        let last = cursor?.last ?? jobs.entries.keys.max() ?? JobID(0)
        let start = cursor?.after ?? JobID(.min)
        let found = jobs.matches(narrow).map(\.id).filter { $0 > start && $0 <= last }.sorted()
        let page = found.prefix(limit)
        var step = BulkStep()
        if found.count > limit, let after = page.last { step.next = JobQuery.BulkCursor(after: after, last: last) }
        for id in page {
            // An earlier change may have ended it.
            guard let entry = jobs[id], narrow.matches(entry.record) else { continue }
            apply(action, to: entry.record, &step, at: now, &report)
        }
        step.changes = report.changes
        return step
    }

    private mutating func apply(
        _ action: BulkAction, to record: JobRecord, _ step: inout BulkStep, at now: Timestamp,
        _ report: inout CommitReport
    ) {
        let id = record.id
        switch action {
        case .cancel:
            if record.state == .running {
                step.requested += 1
            } else {
                step.changed += 1
                report.changes.append(JobChange(id: id, type: record.type, state: .cancelled))
            }
            propagate([.stop(id, as: .cancelled, cause: nil)], at: now, &report)
        case .deleteEnded:
            if jobs.isNeeded(record) { return }
            jobs.delete(id)
            step.changed += 1
        case .resubmit:
            let outcome = store(jobs.resubmission(of: record), at: now, &report)
            schedules.replacePredecessor(record, with: outcome.id)
            if outcome.isNew { step.changed += 1 }
            step.resubmissions.append(.init(origin: id, type: record.type, outcome: outcome))
        case .setPriority(let priority):
            if record.priority != priority { move(record, &step, at: now, &report) { $0.priority = priority } }
        case .move(let group):
            if record.group != group { move(record, &step, at: now, &report) { $0.group = group } }
        }
    }

    /// Moves a job that does not run into another lane.
    private mutating func move(
        _ record: JobRecord, _ step: inout BulkStep, at now: Timestamp, _ report: inout CommitReport,
        _ change: (inout JobRecord) -> Void
    ) {
        update(record.id, at: now) { change(&$0.record) }
        step.changed += 1
        step.edits.append(.init(id: record.id, type: record.type))
        if let priority = jobs[record.id]?.record.priority, [.pending, .preempted].contains(record.state) {
            report.noteWork(priority)
        }
    }
}
