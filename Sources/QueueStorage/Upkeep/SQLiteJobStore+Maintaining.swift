public import QueueModel
public import QueueStoreKit

extension SQLiteJobStore {
    /// Deletes ended jobs that the policy does not keep, in one transaction.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await core.write(.long) { (context) throws(QueueError) in
            try Retention(context).prune(policy, limit: limit, at: now)
        }
    }

    /// Ends jobs that have expired and do not run, found by an index of those that will.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try await core.write(.long) { (context) throws(QueueError) in
            try Expiry(context).expire(limit: limit, at: now)
        }
    }

    /// Returns when all that was committed before the call is on disk.
    ///
    /// Callers at once share one sync.
    public func flush() async throws(QueueError) {
        // What was written to the log before is on disk with a small commit that is synced.
        try await core.write(.synced) { (context) throws(QueueError) in
            try Counters(context).set("flush", try Counters(context).value(of: "flush") + 1)
        }
    }

    /// What is wrong with the stored data.
    ///
    /// Reads all of it.
    public func check() async throws(QueueError) -> [String] {
        try await core.read { (session) throws(QueueError) in try ConsistencyCheck(session).run() }
    }

    /// Closes the store after operations that are under way, and copies the log into the file.
    public func close() async {
        await core.close()
    }
}
