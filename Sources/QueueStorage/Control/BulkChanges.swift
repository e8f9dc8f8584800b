import QueueModel
import QueueStoreKit

/// The jobs that a step of a bulk operation is about to change.
struct BulkPage: Sendable {
    var ids: [Int64] = []
    var next: JobQuery.BulkCursor?
}

extension Session {
    /// The next jobs that a query means, by id.
    ///
    /// They are looked for in a snapshot, so that nobody has to wait for the search; the step looks at each again.
    /// After the first step they are looked for among the next ids: the indexes of states don't have ids in order, and
    /// would be gone through as a whole for each step. If they lie far apart, those indexes are short.
    func bulkPage(_ query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int) throws(QueueError) -> BulkPage {
        guard let cursor else {
            let last = JobID(try integer(.lastJob) ?? 0)
            return try page(
                query, from: JobQuery.BulkCursor(after: JobID(.min), last: last), limit: limit, inOrder: false)
        }
        let reach = cursor.after.rawValue.addingReportingOverflow(Int64(limit) * QueryText.reach)
        var near = cursor
        if !reach.overflow { near.last = min(near.last, JobID(reach.partialValue)) }
        var found = try page(query, from: near, limit: limit, inOrder: true)
        if found.next != nil || near.last == cursor.last {
            found.next?.last = cursor.last
            return found
        }
        return try page(query, from: cursor, limit: limit, inOrder: false)
    }

    private func page(
        _ query: JobQuery, from cursor: JobQuery.BulkCursor, limit: Int, inOrder: Bool
    ) throws(QueueError) -> BulkPage {
        let text = try QueryText(query, on: self, cursor: false, inOrder: inOrder)
        if text.matchesNothing { return BulkPage() }
        let row = try Statement(
            """
            SELECT id FROM \(text.source)
            WHERE \(text.condition) AND id > \(cursor.after.rawValue) AND id <= \(cursor.last.rawValue)
            ORDER BY id LIMIT \(limit + 1)
            """, on: connection, persistent: false)
        text.bind(to: row)
        defer { row.reset() }
        var page = BulkPage()
        page.ids.reserveCapacity(min(limit, 1024))
        while try row.step() {
            if page.ids.count == limit, let after = page.ids.last {
                page.next = JobQuery.BulkCursor(after: JobID(after), last: cursor.last)
                break
            }
            page.ids.append(row.int64(0))
        }
        return page
    }
}

/// One step of a change to all jobs that a query matches.
struct BulkChanges: StoreComponent {
    let context: StoreContext

    /// Applies an action to jobs that matched a query, as far as they still match it.
    ///
    /// Of what a query asks for, only the state, the priority and the group of a job can have changed since.
    func apply(
        _ action: BulkAction, to ids: [Int64], of query: JobQuery, at now: Timestamp
    ) throws(QueueError) -> BulkStep {
        var step = BulkStep()
        for id in ids {
            // Those before may have ended it.
            guard let head = try jobs.head(id), query.states.contains(head.state.jobState),
                query.priorities?.contains(head.urgency) ?? true,
                try isIn(query.group, head)
            else { continue }
            switch action {
            case .cancel: try cancel(head, &step, at: now)
            case .deleteEnded:
                if try Deletion(context).isNeeded(id) { continue }
                try Deletion(context).delete(id)
                step.changed += 1
            case .resubmit: try resubmit(head, &step, at: now)
            case .setPriority(let priority):
                try move(head, to: head.lane.with(priority: Int64(priority.rawValue)), &step)
            case .move(let group):
                let lane = LaneKey(
                    type: head.lane.type, group: try session.intern(group: group), priority: head.priority,
                    io: Int64(head.lane.io.rawValue))
                try move(head, to: lane, &step)
            }
        }
        step.changes = context.changes
        return step
    }

    private func isIn(_ group: String?, _ head: JobHead) throws(QueueError) -> Bool {
        guard let group else { return true }
        return try session.group(head.lane.group) == group
    }

    private func cancel(_ head: JobHead, _ step: inout BulkStep, at now: Timestamp) throws(QueueError) {
        if head.isRunning {
            step.requested += 1
        } else {
            step.changed += 1
            try jobs.note(head, .cancelled)
        }
        try Propagation(context).run([.stop(head.id, as: .cancelled, cause: nil)], at: now)
    }

    private func resubmit(_ head: JobHead, _ step: inout BulkStep, at now: Timestamp) throws(QueueError) {
        guard let record = try session.record(head.id) else { return }
        let outcome = try Submitting(context).accept(Submitting(context).again(record), at: now)
        try Schedules(context).replacePredecessor(record, with: outcome.id)
        if outcome.isNew { step.changed += 1 }
        step.resubmissions.append(.init(origin: record.id, type: record.type, outcome: outcome))
    }

    /// Puts a job that does not run into another lane.
    private func move(_ head: JobHead, to lane: LaneKey, _ step: inout BulkStep) throws(QueueError) {
        if lane == head.lane { return }
        var moved = head
        moved.lane = lane
        jobs.leave(head)
        try session.run(.setLane, head.id, lane.group, lane.priority)
        try jobs.enter(moved)
        if [.ready, .suspect, .preempted].contains(moved.state) { context.report.noteWork(lane.priority) }
        step.changed += 1
        step.edits.append(.init(id: JobID(head.id), type: try session.type(head.lane.type)))
    }
}

extension JobHead {
    /// The priority as the rest of the package knows it.
    fileprivate var urgency: Priority { Priority(rawValue: UInt8(clamping: priority)) }
}
