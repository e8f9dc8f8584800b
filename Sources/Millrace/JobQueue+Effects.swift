public import QueueDispatch
public import QueueModel
public import QueueStorage
import QueueStoreKit

extension JobContext {
    /// Runs SQL in the transaction that records this attempt's success, so that its changes to your tables are
    /// committed if and only if the success is recorded.
    ///
    ///     try context.atCompletion { connection in
    ///         try connection.execute(
    ///             "UPDATE account SET balance = balance - ?1 WHERE id = ?2", .init(job.amount), .init(job.account))
    ///     }
    ///
    /// The body is called after the executor has returned. It may be called more than once; the effects of one call are
    /// committed. See ``SQLiteEffect`` and ``JobContext/attach(_:)``.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/effectNotAccepted`` if the queue's store is not an
    ///   ``SQLiteJobStore``.
    public func atCompletion(_ body: @escaping SQLiteEffect.Body) throws(QueueError) {
        try attach(SQLiteEffect(body))
    }
}

extension JobQueue {
    /// Runs SQL on your own tables in the queue's database, in one transaction, for example to create the tables that
    /// effects write to, or to read from them.
    ///
    /// See ``SQLiteJobStore/withUserTables(_:)``.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/effectNotAccepted`` if the queue's store is not an
    ///   ``SQLiteJobStore``.
    @discardableResult
    public func withUserTables<Answer: Sendable>(
        _ body: @escaping @Sendable (UserConnection) throws -> Answer
    ) async throws -> Answer {
        guard let store = store as? SQLiteJobStore else {
            throw QueueError(.effectNotAccepted, "the queue's store, a \(type(of: store)), has no tables")
        }
        return try await store.withUserTables(body)
    }
}
