public import QueueModel

extension SQLiteJobStore {
    /// Stores a job: one insert where nothing is unique, tagged or depended on.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await core.perform(SubmitOperation(submission: submission, now: now))
    }

    /// Stores a batch in one transaction.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await core.perform(SubmitBatchOperation(batch: batch, now: now))
    }
}
