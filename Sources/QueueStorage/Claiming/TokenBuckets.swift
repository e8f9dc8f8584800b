import QueueModel
import QueueStoreKit

/// The token buckets of a store's rates, as the writer's transaction sees them.
struct TokenBuckets {
    /// The owner of a bucket.
    struct Key: Hashable {
        /// 0: a type, 1: a group.
        var scope: Int64
        var name: String

        static func type(_ type: JobType) -> Key { Key(scope: 0, name: type.rawValue) }
        static func group(_ name: String) -> Key { Key(scope: 1, name: name) }
    }

    /// A bucket with the limit that one worker has for it.
    struct Rate {
        var key: Key
        var limit: RateLimit
    }

    private var buckets: [Key: TokenBucket] = [:]
    /// The buckets that differ from the table.
    private(set) var changed: Set<Key> = []

    /// Loads the buckets of the table.
    mutating func load(_ buckets: [Key: TokenBucket]) {
        self.buckets = buckets
        changed = []
    }

    /// Returns when the next token comes, or `nil` if there is one.
    mutating func nextToken(of rate: Rate, at now: Timestamp) -> Timestamp? {
        // One that was never used is full.
        guard var bucket = buckets[rate.key] else { return nil }
        if bucket.settle(under: rate.limit, at: now) {
            buckets[rate.key] = bucket
            changed.insert(rate.key)
        }
        return bucket.nextToken(of: rate.limit, at: now)
    }

    mutating func take(_ rate: Rate, at now: Timestamp) {
        buckets[rate.key, default: TokenBucket()].take(of: rate.limit, at: now)
        changed.insert(rate.key)
    }

    mutating func giveBack(_ rate: Rate) {
        buckets[rate.key]?.giveBack(of: rate.limit)
    }

    /// Returns when a bucket is full, in nanoseconds, as the table stores it.
    func fullAt(_ key: Key) -> Int64 { buckets[key]?.fullAt ?? .min }

    mutating func didStore() {
        changed.removeAll(keepingCapacity: true)
    }

    /// Removes buckets that are full again, which are the same as unused ones.
    mutating func removeFull(at now: Timestamp) {
        let (present, overflow) = now.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return }
        buckets = buckets.filter { $0.value.fullAt > present }
    }
}
