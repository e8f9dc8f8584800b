import QueueModel
import QueueStoreKit

/// The stored token buckets of rates.
struct Buckets: StoreComponent {
    let context: StoreContext

    func store() throws(QueueError) {
        for key in context.buckets.changed {
            let row = try session.statement(.setBucket)
            row.bind(key.scope, at: 1)
            row.bind(key.name, at: 2)
            row.bind(context.buckets.fullAt(key), at: 3)
            try row.run()
        }
        context.buckets.didStore()
    }

    /// Forgets buckets that are as good as new.
    func removeFull(at now: Timestamp) throws(QueueError) {
        if !context.buckets.changed.isEmpty { try store() }
        let (present, overflow) = now.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        if !overflow { try session.run(.deleteFullBuckets, present) }
        context.buckets.removeFull(at: now)
    }
}

extension Session {
    /// Returns the stored buckets, which are those that were not full.
    func buckets() throws(QueueError) -> [TokenBuckets.Key: TokenBucket] {
        var buckets: [TokenBuckets.Key: TokenBucket] = [:]
        let row = try statement(.buckets)
        while try row.step() {
            buckets[TokenBuckets.Key(scope: row.int64(0), name: row.text(1))] = TokenBucket(fullAt: row.int64(2))
        }
        return buckets
    }
}
