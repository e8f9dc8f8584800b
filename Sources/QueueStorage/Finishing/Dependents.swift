import QueueModel
import QueueStoreKit

/// Jobs that wait for others to end.
struct Dependents: StoreComponent {
    let context: StoreContext

    /// A job that waits for one that has ended.
    private struct Dependent {
        /// The one that has ended.
        var ended: Int64
        var head: JobHead
        /// For how many it waits, this one among them.
        var open: Int64
    }

    /// Unblocks the jobs that depend on jobs with consecutive ids, all of which have completed.
    func release(afterCompletionOf first: Int64, through last: Int64, at now: Timestamp) throws(QueueError) {
        var steps: [Propagation.Step] = []
        try resolve(afterEndOf: first, through: last, [], .completed, &steps, at: now)
    }

    /// Unblocks or ends the jobs that depend on jobs with consecutive ids, all of which have ended in the same way.
    ///
    /// What waits for several of them is written once: of a wide fan-in each turn costs one write, however many ended
    /// in it.
    func resolve(
        afterEndOf first: Int64, through last: Int64, _ flags: JobFlags, _ state: StoredState,
        _ steps: inout [Propagation.Step],
        at now: Timestamp
    ) throws(QueueError) {
        guard first <= context.highestDependency else { return }
        /// For how many those still wait that wait for more than one.
        var left: [Int64: Int64] = [:]
        for dependent in try dependents(of: first, through: last) {
            let id = dependent.head.id
            guard state == .completed || dependent.head.flags.dependencyPolicy == .ignore else {
                // Below a job that failed with the policy `.fail` the chain stays blocked until a person decides.
                if state == .dependencyFailed, flags.dependencyPolicy == .fail { continue }
                let failure = JobFailure.related(to: dependent.ended, state.jobState)
                steps.append(.end(id, as: .dependencyFailed, failure, cause: dependent.ended))
                continue
            }
            let open = (left[id] ?? dependent.open) - 1
            if open > 0 || dependent.head.state != .blocked {
                left[id] = open
            } else {
                left[id] = nil
                try unblock(dependent.head, at: now)
                try jobs.note(dependent.head, .pending, cause: dependent.ended)
            }
        }
        for (id, open) in left { try session.run(.setOpenDependencies, id, open) }
    }

    private func unblock(_ head: JobHead, at now: Timestamp) throws(QueueError) {
        var head = head
        head.state = head.pendingState(at: now)
        if head.state == .ready {
            context.unwrittenReady.insert(head.id)
        } else {
            try session.run(.unblock, head.id, head.state.rawValue)
        }
        try jobs.enter(head)
        context.report.noteWork(head.priority)
    }

    /// Writes down which jobs have become ready, before anything but a claim looks at them.
    ///
    /// Most are claimed in the turn that unblocks them, and started by a single change of their rows.
    func writeUnblocked() throws(QueueError) {
        if context.unwrittenReady.isEmpty { return }
        for id in context.unwrittenReady.sorted() { try session.run(.unblock, id, StoredState.ready.rawValue) }
        context.unwrittenReady.removeAll(keepingCapacity: true)
    }

    private func dependents(of first: Int64, through last: Int64) throws(QueueError) -> [Dependent] {
        let row = try session.statement(.waitingFor)
        row.bind(first, at: 1)
        row.bind(last, at: 2)
        var dependents: [Dependent] = []
        defer { row.reset() }
        while try row.step() {
            guard let state = StoredState(rawValue: row.int64(6)) else {
                throw StoredRow.invalid("state", row.int64(1))
            }
            // It has never run.
            let head = JobHead(
                id: row.int64(1),
                lane: try StoredRow.lane(row, from: 2, of: row.int64(1)),
                state: state, flags: JobFlags(rawValue: row.int64(7)), attempt: 0, worker: 0, startedAt: 0,
                runAfter: row.optionalInt64(8))
            dependents.append(Dependent(ended: row.int64(0), head: head, open: row.int64(9)))
        }
        return dependents
    }
}
