public import QueueModel
public import QueueStoreKit

extension SQLiteJobStore {
    /// Cancels a job with what follows from it.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try await core.write { (context) throws(QueueError) in
            try Control(context).cancel(id, at: now)
        }
    }

    /// Makes a new job of an ended one.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await core.write { (context) throws(QueueError) in
            try Control(context).resubmit(id, at: now)
        }
    }

    /// Does something to jobs that a query means.
    ///
    /// They are looked for in a snapshot of a file, and each is looked at again in the transaction that changes it,
    /// which runs on a thread of the store's own.
    public func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        try BulkStep.validate(action, query, limit: limit)
        guard let narrow = action.narrowed(query) else { return BulkStep() }
        let page = try await core.read { (session) throws(QueueError) in
            try session.bulkPage(narrow, from: cursor, limit: limit)
        }
        if page.ids.isEmpty { return BulkStep() }
        var step = try await core.write(.long) { (context) throws(QueueError) in
            try BulkChanges(context).apply(action, to: page.ids, of: narrow, at: now)
        }
        step.next = page.next
        return step
    }

    /// Adds a pause, or replaces the one with the same target and reason.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Pauses(context).pause(pause, at: now)
        }
    }

    /// Lifts pauses.
    ///
    /// Returns whether there was one.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await core.write { (context) throws(QueueError) in
            try Pauses(context).resume(target, reason: reason, at: now)
        }
    }

    /// Forgets what was counted of the jobs of types.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Statistics(context).reset(of: type)
        }
    }

    /// Deletes an ended job, with its tags and attempts.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await core.write { (context) throws(QueueError) in
            try Deletion(context).deleteEnded(id)
        }
    }
}
