import QueueModel
import QueueStoreKit

/// The token buckets of a store's rates, as its transactions see them (rule D4).
struct TokenBuckets {
    /// What a bucket belongs to.
    struct Key: Hashable {
        /// 0: a type, 1: a group.
        var scope: Int64
        var name: String

        static func type(_ type: JobType) -> Key { Key(scope: 0, name: type.rawValue) }
        static func group(_ name: String) -> Key { Key(scope: 1, name: name) }
    }

    /// A bucket with the rate that it has for one worker.
    struct Rate {
        var key: Key
        var limit: RateLimit
    }

    private var buckets: [Key: TokenBucket] = [:]
    /// Those that differ from the table.
    private(set) var changed: Set<Key> = []

    /// Starts with what the table says.
    mutating func load(_ buckets: [Key: TokenBucket]) {
        self.buckets = buckets
        changed = []
    }

    /// When the next token is there; `nil`: there is one.
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

    /// When a bucket is full, for the table.
    func fullAt(_ key: Key) -> Int64 { buckets[key]?.fullAt ?? .min }

    mutating func didStore() {
        changed.removeAll(keepingCapacity: true)
    }

    /// Forgets buckets that are full again: they are as good as new.
    mutating func removeFull(at now: Timestamp) {
        let (present, overflow) = now.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return }
        buckets = buckets.filter { $0.value.fullAt > present }
    }
}
