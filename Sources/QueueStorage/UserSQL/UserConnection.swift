import CMillraceSQLite

/// The writer's connection to the queue's database, for SQL of the user's in a transaction of the queue's.
///
/// All tables can be read. The user's own can be written to: any whose names are not the queue's and don't begin with
/// `millrace_` or `sqlite_`. Refused, with ``UserConnection/SQLError/Code/notAllowed``, is whatever begins, ends or
/// nests transactions, attaches databases, changes settings or writes to the queue's tables, from triggers as well;
/// in an effect also what changes the schema. Foreign keys are enforced, deferred ones at the end of the effect.
///
/// It is for the call that it is handed to, and on its thread; afterwards it throws
/// ``UserConnection/SQLError/Code/ended``.
public final class UserConnection {
    /// `nil` once the call has ended.
    private var sql: UserSQL?

    init(_ sql: UserSQL) {
        self.sql = sql
    }

    /// Ends its use.
    func end() {
        sql = nil
    }

    /// Runs one statement to its end; rows that it gives are left out.
    ///
    /// Statements are kept prepared by their text, so bind what changes from one call to the next.
    ///
    /// - Parameters:
    ///   - text: One statement with parameters as `?1`, `?2`, …
    ///   - values: One for each parameter, in the order of their numbers.
    /// - Returns: How many rows it has inserted, changed or deleted, those of triggers and foreign keys left out.
    @discardableResult
    public func execute(_ text: String, _ values: [SQLiteValue]) throws(UserConnection.SQLError) -> Int {
        let sql = try open(text)
        let statement = try sql.statement(text)
        try statement.bind(values)
        let before = sql.connection.totalChanges
        while try statement.step() {}
        // What changes no rows leaves the number of an earlier statement standing.
        return sql.connection.totalChanges == before ? 0 : sql.connection.changes
    }

    /// Runs one statement to its end; the values follow one another.
    @discardableResult
    public func execute(_ text: String, _ values: SQLiteValue...) throws(UserConnection.SQLError) -> Int {
        try execute(text, values)
    }

    /// Runs one statement, and gives all of its rows, each with a value for each column.
    public func rows(_ text: String, _ values: [SQLiteValue]) throws(UserConnection.SQLError) -> [[SQLiteValue]] {
        let statement = try open(text).statement(text)
        try statement.bind(values)
        var rows: [[SQLiteValue]] = []
        while try statement.step() { rows.append(statement.row) }
        return rows
    }

    /// Runs one statement, and gives all of its rows; the values follow one another.
    public func rows(_ text: String, _ values: SQLiteValue...) throws(UserConnection.SQLError) -> [[SQLiteValue]] {
        try rows(text, values)
    }

    /// The row id that the last insert gave.
    public var lastInsertedRow: Int64 { sql?.connection.lastInsertedRow ?? 0 }

    private func open(_ text: String) throws(UserConnection.SQLError) -> UserSQL {
        guard let sql else {
            throw UserConnection.SQLError(.ended, "the connection was for a call that has ended", sql: text)
        }
        return sql
    }
}
