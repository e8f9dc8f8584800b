import QueueModel
import QueueStoreKit

/// The ids of new jobs.
struct JobNumbers: StoreComponent {
    let context: StoreContext

    /// A job id that was never given before.
    ///
    /// It follows the highest that is in the table or was deleted from it; see ``markDeleted(_:)``.
    func next() throws(QueueError) -> Int64 {
        let next = try last() + 1
        context.lastJob = next
        return next
    }

    /// The last job id that was given.
    func last() throws(QueueError) -> Int64 {
        if let known = context.lastJob { return known }
        let last = max(try session.integer(.lastJob) ?? 0, try session.integer(.deletedMark) ?? 0)
        guard (0..<StoredRow.ids.upperBound - 1 << 32).contains(last) else { throw StoredRow.invalid("id", last) }
        context.lastJob = last
        return last
    }

    /// Takes all ids up to one, which follow the last that was given.
    func take(upTo last: Int64) {
        context.lastJob = last
    }

    /// Takes back an id that was not used.
    func giveBack(_ id: Int64) {
        context.lastJob = id - 1
    }

    /// Notes that a job is about to be deleted, so that its id is not given again.
    func markDeleted(_ id: Int64) throws(QueueError) {
        guard id == (try session.integer(.lastJob)) else { return }
        try Counters(context).set("job", id)
    }
}
