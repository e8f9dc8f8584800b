import QueueModel
import QueueStoreKit

/// Deletes ended jobs that a policy does not keep.
struct Retention: StoreComponent {
    let context: StoreContext

    /// Deletes ended jobs that the policy does not keep, the oldest first.
    ///
    /// Dead letters that are kept do not count.
    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) throws(QueueError) -> Int {
        try Buckets(context).removeFull(at: now)
        let deleted = try delete(endedBy: policy, limit: limit, at: now)
        try FreePages(context).giveBack()
        return deleted
    }

    private func delete(
        endedBy policy: RetentionPolicy, limit: Int, at now: Timestamp
    ) throws(QueueError) -> Int {
        let kept = policy.keepsDeadLetters ? StoredState.deadLettered.rawValue : 0
        var surplus = 0
        if let maximum = policy.maximumCount {
            let row = try session.statement(.finishedCount)
            row.bind(kept, at: 1)
            surplus = try row.step() ? max(0, Int(row.int64(0)) - maximum) : 0
            row.reset()
        }
        var deleted = 0
        var index = 0
        var last: (finishedAt: Int64, id: Int64) = (.min, 0)
        while deleted < limit {
            let page = try finished(after: last)
            guard let end = page.last else { break }
            guard (end.finishedAt, end.id) > last else { throw StoredRow.invalid("finished_at", end.id) }
            for job in page where job.state != kept {
                let age = now.since(Timestamp(milliseconds: job.finishedAt))
                let isOld = policy.maximumAge.map { age > $0 } ?? false
                if index >= surplus, !isOld { return deleted }
                index += 1
                if try Deletion(context).isNeeded(job.id) { continue }
                try Deletion(context).delete(job.id)
                deleted += 1
                if deleted == limit { break }
            }
            last = (end.finishedAt, end.id)
        }
        return deleted
    }

    private func finished(
        after last: (finishedAt: Int64, id: Int64)
    ) throws(QueueError) -> [(id: Int64, finishedAt: Int64, state: Int64)] {
        let row = try session.statement(.finishedFirst)
        row.bind(last.finishedAt, at: 1)
        row.bind(last.id, at: 2)
        var jobs: [(Int64, Int64, Int64)] = []
        while try row.step() { jobs.append((row.int64(0), row.int64(1), row.int64(2))) }
        return jobs
    }
}
