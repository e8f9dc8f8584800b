import QueueModel
import QueueStoreKit

/// Ends jobs that have expired.
struct Expiry: StoreComponent {
    let context: StoreContext

    /// Ends jobs that have expired and do not run, the first to expire first.
    func expire(limit: Int, at now: Timestamp) throws(QueueError) -> ExpirySweep {
        let row = try session.statement(.expired)
        row.bind(now.milliseconds, at: 1)
        row.bind(Int64(limit), at: 2)
        var ids: [Int64] = []
        while try row.step() { ids.append(row.int64(0)) }
        for id in ids {
            // A child may have ended with its parent.
            guard let head = try jobs.head(id), !head.state.isTerminal, !head.isRunning else { continue }
            try jobs.note(head, .expired, age: jobs.age(of: id, at: now))
            try Propagation(context).run([.end(id, as: .expired, nil, cause: nil)], at: now)
        }
        return ExpirySweep(changes: context.changes, isPartial: ids.count == limit)
    }
}
