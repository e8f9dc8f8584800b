import QueueModel

extension SQLiteJobStore {
    /// Runs SQL on tables of the user's in the queue's database, in one transaction: makes the tables that effects
    /// write to, or reads what they have written.
    ///
    /// Tables, views, indexes and triggers of the user's can be made, changed and dropped, as long as they have nothing
    /// to do with the queue's own. Runs on the store's own thread; while it does nobody can write. The body may be
    /// called more than once, since it may share its transaction with others that have to be undone.
    ///
    /// - Throws: What the body throws, ``UserConnection/SQLError`` for what SQL is refused or fails;
    ///   ``QueueError/Code/notAQueue``
    ///   for an object that must not be in a queue's file; what the store throws. Then nothing has changed.
    @discardableResult
    public func withUserTables<Answer: Sendable>(
        _ body: @escaping @Sendable (UserConnection) throws -> Answer
    ) async throws -> Answer {
        try await core.write(.long) { (context) throws(QueueError) in
            try CompletionEffects(context).withUserTables(body)
        }.get()
    }
}
