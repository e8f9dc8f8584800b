public import QueueModel

/// The user's SQL, run in the transaction that records a job's success.
///
///     try context.attach(SQLiteEffect("INSERT INTO invoice(number) VALUES(?1)", .text(number)))
///
/// It is run under a savepoint of its own: if it throws, what it has done is undone, and its job, not the rest of the
/// batch, fails. What it writes is there if and only if the success is recorded, so it happens exactly once, although
/// the body may be called more than once: a transaction that can't be committed is tried again. See ``UserConnection``
/// for what it may do.
public final class SQLiteEffect: CompletionEffect {
    /// What it does.
    public typealias Body = @Sendable (UserConnection) throws -> Void

    let body: Body

    /// Creates an effect.
    ///
    /// - Parameter body: Nobody else can write to the file while it runs, so it should do nothing but run SQL: no more
    ///   than ``SQLiteStoreOptions/effectTimeLimit`` of it.
    public init(_ body: @escaping Body) {
        self.body = body
    }

    /// Creates an effect of one statement.
    public convenience init(_ sql: String, _ values: SQLiteValue...) {
        self.init { connection in try connection.execute(sql, values) }
    }
}
