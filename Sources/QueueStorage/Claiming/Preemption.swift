import QueueModel
import QueueStoreKit

/// Makes room for urgent jobs.
struct Preemption: StoreComponent {
    let context: StoreContext

    /// The next job for which others are set aside, where shares or ages would put another before it: a slot that was
    /// freed for it must not go to that.
    func next(for request: ClaimRequest, in view: Int) throws(QueueError) -> LaneIndex.Next? {
        guard let priority = request.preemptsAt, request.rules.fairShare != nil || request.rules.aging != nil else {
            return nil
        }
        return try context.lanes.firstPreemptor(
            upTo: Int64(priority.rawValue), in: view, &context.buckets, context.laneReader)
    }

    /// How many jobs up to a priority only lack a slot: at most as many as there are less urgent ones to set aside for
    /// them.
    func count(
        upTo priority: Priority, of worker: WorkerID, in view: Int, at now: Timestamp
    ) throws(QueueError) -> Int {
        let priority = Int64(priority.rawValue)
        guard try context.lanes.hasReady(upTo: priority, in: view, context.laneReader) else { return 0 }
        let victims = context.lanes.running.count(of: worker.rawValue, below: priority)
        var found: [LaneIndex.Next] = []
        var expired: [LaneIndex.Next] = []
        while found.count < victims {
            // What was found is still ready in the table.
            let rows = LaneReader(context: context, mayRefill: true, taken: Set((found + expired).map(\.id)))
            guard let next = try context.lanes.firstPreemptor(upTo: priority, in: view, &context.buckets, rows) else {
                break
            }
            Claiming(context).take(next, for: worker, in: view, at: now)
            if let expiry = try session.record(next.id)?.expiresAt, expiry <= now {
                // A claim would end it, so it keeps no other from a slot or a token.
                Claiming(context).release(next.id, next.lane, in: view)
                expired.append(next)
            } else {
                found.append(next)
            }
        }
        for next in found.reversed() {
            Claiming(context).putBack(next.id, next.lane, isSuspect: next.isSuspect, in: view)
        }
        for next in expired { context.lanes.insert(next.id, lane: next.lane, isSuspect: next.isSuspect) }
        return found.count
    }

    /// Puts jobs that were set aside back into their places, unless a job for which they were runs, or is ready and
    /// this worker's to claim.
    ///
    /// Whether it may start makes no difference, unless it is paused: else others would be set aside anew when it may.
    func end(at priority: Priority?, in view: Int, at now: Timestamp) throws(QueueError) {
        if let priority {
            let priority = Int64(priority.rawValue)
            if context.lanes.running.has(upTo: priority) { return }
            if try context.lanes.hasReady(upTo: priority, in: view, context.laneReader) { return }
        }
        for id in context.lanes.preempted.sorted() {
            if let head = try jobs.head(id) { try jobs.makePending(head, at: now) }
        }
    }
}
