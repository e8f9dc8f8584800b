import QueueModel
import QueueStoreKit

/// A connection with its prepared statements and the names of types and groups.
final class Session {
    let connection: Connection
    let names: Names
    private var statements: [Statement?]
    /// The statements of the last queries, the most recent first.
    private var queries: [(text: String, statement: Statement)] = []
    private static let queryLimit = 16

    init(_ connection: Connection) {
        self.connection = connection
        names = Names()
        statements = Array(repeating: nil, count: SQL.allCases.count)
    }

    /// Returns a prepared statement, which is prepared on the first call.
    func statement(_ sql: SQL) throws(QueueError) -> Statement {
        if let statement = statements[sql.rawValue] { return statement }
        let statement = try Statement(sql.text, on: connection)
        statements[sql.rawValue] = statement
        return statement
    }

    /// Returns the statement of a query.
    ///
    /// The last few texts stay prepared, since programs ask the same questions again. The caller resets the statement
    /// before it asks for another.
    func statement(_ text: String) throws(QueueError) -> Statement {
        if let index = queries.firstIndex(where: { $0.text == text }) {
            if index > 0 { queries.insert(queries.remove(at: index), at: 0) }
            return queries[0].statement
        }
        let statement = try Statement(text, on: connection)
        if queries.count == Self.queryLimit { queries.removeLast() }
        queries.insert((text, statement), at: 0)
        return statement
    }

    /// Prepares statements in advance, so that no first call waits for it.
    func prepare(_ statements: [SQL]) throws(QueueError) {
        for sql in statements { _ = try statement(sql) }
    }

    /// Finalizes the statements and closes the connection.
    func close() {
        for index in statements.indices { statements[index] = nil }
        queries = []
        connection.close()
    }

    /// Runs a statement with integers bound in order.
    func run(_ sql: SQL, _ values: Int64?...) throws(QueueError) {
        let statement = try statement(sql)
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        try statement.run()
    }

    /// Returns the first column of all rows of a statement with one integer bound.
    func ids(_ sql: SQL, _ value: Int64) throws(QueueError) -> [Int64] {
        let statement = try statement(sql)
        statement.bind(value, at: 1)
        var ids: [Int64] = []
        while try statement.step() { ids.append(statement.int64(0)) }
        return ids
    }

    /// Returns the first column of all rows of a statement.
    func ids(_ sql: SQL) throws(QueueError) -> [Int64] {
        let statement = try statement(sql)
        var ids: [Int64] = []
        while try statement.step() { ids.append(statement.int64(0)) }
        return ids
    }

    /// Returns the first column of the only row, or `nil` if there is no row or the column is NULL.
    func integer(_ sql: SQL) throws(QueueError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        guard try statement.step(), !statement.isNull(0) else { return nil }
        // A value of another type would compare differently here and in an index: due by one and not by the other.
        guard statement.isInteger(0) else {
            throw QueueError(.invalidRow, "an integer of a job, a schedule or a counter has another type")
        }
        return statement.int64(0)
    }

    // MARK: Names

    /// Returns the type with an id.
    func type(_ id: Int64) throws(QueueError) -> JobType {
        if let type = names.type(id) { return type }
        let type = JobType(try name(.typeName, id, "job_type"))
        names.add(type, id)
        return type
    }

    /// Returns the group with an id, or `nil` for 0.
    func group(_ id: Int64) throws(QueueError) -> String? {
        if id == 0 { return nil }
        if let group = names.group(id) { return group }
        let group = try name(.groupName, id, "job_group")
        names.add(group: group, id)
        return group
    }

    private func name(_ sql: SQL, _ id: Int64, _ table: String) throws(QueueError) -> String {
        let statement = try statement(sql)
        defer { statement.reset() }
        statement.bind(id, at: 1)
        guard try statement.step() else {
            throw QueueError(.invalidRow, "\(table) has no row \(id), which a job names")
        }
        return statement.text(0)
    }

    /// Returns the id of a type, or `nil` if no job ever had it.
    func typeID(_ type: JobType) throws(QueueError) -> Int64? {
        if let id = names.id(of: type) { return id }
        guard let id = try id(.typeID, type.rawValue) else { return nil }
        names.add(type, id)
        return id
    }

    /// Returns the id of a group, or `nil` if no job ever had it.
    func groupID(_ group: String) throws(QueueError) -> Int64? {
        if let id = names.id(ofGroup: group) { return id }
        guard let id = try id(.groupID, group) else { return nil }
        names.add(group: group, id)
        return id
    }

    private func id(_ sql: SQL, _ name: String) throws(QueueError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        statement.bind(name, at: 1)
        return try statement.step() ? statement.int64(0) : nil
    }

    /// Returns the id of a type, which is added if it is new.
    func intern(_ type: JobType) throws(QueueError) -> Int64 {
        if let id = try typeID(type) { return id }
        let id = try insert(.insertType, type.rawValue)
        names.add(type, id)
        return id
    }

    /// Returns the id of a group, which is added if it is new, or 0 for `nil`.
    func intern(group: String?) throws(QueueError) -> Int64 {
        guard let group else { return 0 }
        if let id = try groupID(group) { return id }
        let id = try insert(.insertGroup, group)
        names.add(group: group, id)
        return id
    }

    private func insert(_ sql: SQL, _ name: String) throws(QueueError) -> Int64 {
        let statement = try statement(sql)
        statement.bind(name, at: 1)
        try statement.run()
        return connection.lastInsertedRow
    }
}
