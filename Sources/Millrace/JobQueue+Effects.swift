public import QueueDispatch
public import QueueModel
public import QueueStorage
import QueueStoreKit

extension JobContext {
    /// Has SQL run in the very transaction that records this attempt's success, so that what it writes to tables of the user's is there if and
    /// only if the success is recorded (rule E8).
    ///
    ///     try context.atCompletion { connection in
    ///         try connection.execute("UPDATE account SET balance = balance - ?1 WHERE id = ?2", .init(job.amount), .init(job.account))
    ///     }
    ///
    /// The body is called after the executor has returned, and may be called more than once, of which one counts; see ``SQLiteEffect``
    /// and ``JobContext/attach(_:)``.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/effectNotAccepted`` if the queue's store is not SQLite's.
    public func atCompletion(_ body: @escaping SQLiteEffect.Body) throws(QueueError) {
        try attach(SQLiteEffect(body))
    }
}

extension JobQueue {
    /// Runs SQL on tables of the user's in the queue's database, in one transaction: makes the tables that effects write to, or
    /// reads what they have written.
    ///
    /// See ``SQLiteJobStore/withUserTables(_:)``.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/effectNotAccepted`` if the queue's store is not SQLite's.
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
