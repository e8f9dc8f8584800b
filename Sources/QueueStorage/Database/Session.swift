import QueueModel
import QueueStoreKit

/// A connection with its prepared statements and the names it knows: what every operation works with.
final class Session {
    let connection: Connection
    let names: Names
    private var statements: [Statement?]
    /// Statements whose text is made when they are needed, the last used first.
    private var made: [(text: String, statement: Statement)] = []
    private static let madeLimit = 16

    init(_ connection: Connection) {
        self.connection = connection
        names = Names()
        statements = Array(repeating: nil, count: SQL.allCases.count)
    }

    /// A prepared statement; it is prepared when it is asked for first.
    func statement(_ sql: SQL) throws(QueueError) -> Statement {
        if let statement = statements[sql.rawValue] { return statement }
        let statement = try Statement(sql.text, on: connection)
        statements[sql.rawValue] = statement
        return statement
    }

    /// A statement of a query's: the last few texts stay prepared, as programs ask the same questions again and again.
    ///
    /// Whoever uses it resets it before the next one is asked for.
    func statement(_ text: String) throws(QueueError) -> Statement {
        if let place = made.firstIndex(where: { $0.text == text }) {
            if place > 0 { made.insert(made.remove(at: place), at: 0) }
            return made[0].statement
        }
        let statement = try Statement(text, on: connection)
        if made.count == Self.madeLimit { made.removeLast() }
        made.insert((text, statement), at: 0)
        return statement
    }

    /// Prepares statements that will be used for sure, so that no first user waits for it.
    func prepare(_ statements: [SQL]) throws(QueueError) {
        for sql in statements { _ = try statement(sql) }
    }

    /// Gives up the statements and closes the connection.
    func close() {
        for index in statements.indices { statements[index] = nil }
        made = []
        connection.close()
    }

    /// Runs a statement with numbers bound in order.
    func run(_ sql: SQL, _ values: Int64?...) throws(QueueError) {
        let statement = try statement(sql)
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        try statement.run()
    }

    /// The first columns of all rows of a statement with one number bound.
    func ids(_ sql: SQL, _ value: Int64) throws(QueueError) -> [Int64] {
        let statement = try statement(sql)
        statement.bind(value, at: 1)
        var ids: [Int64] = []
        while try statement.step() { ids.append(statement.int64(0)) }
        return ids
    }

    /// The first columns of all rows of a statement.
    func ids(_ sql: SQL) throws(QueueError) -> [Int64] {
        let statement = try statement(sql)
        var ids: [Int64] = []
        while try statement.step() { ids.append(statement.int64(0)) }
        return ids
    }

    /// The first column of the only row; `nil` if there is none or it is NULL.
    func integer(_ sql: SQL) throws(QueueError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        guard try statement.step(), !statement.isNull(0) else { return nil }
        // Of another kind it would compare otherwise here than it does in an index: what is due by the one is not by the other.
        guard statement.isInteger(0) else {
            throw QueueError(.invalidRow, "a number that a job, a schedule or a counter has is of another kind")
        }
        return statement.int64(0)
    }

    // MARK: Names

    /// The type with a number.
    func type(_ id: Int64) throws(QueueError) -> JobType {
        if let type = names.type(id) { return type }
        let type = JobType(try name(.typeName, id, "job_type"))
        names.add(type, id)
        return type
    }

    /// The group with a number; `nil` for 0.
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

    /// The number of a type; `nil` if no job ever had it.
    func typeID(_ type: JobType) throws(QueueError) -> Int64? {
        if let id = names.id(of: type) { return id }
        guard let id = try id(.typeID, type.rawValue) else { return nil }
        names.add(type, id)
        return id
    }

    /// The number of a group; `nil` if no job ever had it.
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

    /// The number of a type, which is added if it is new.
    func intern(_ type: JobType) throws(QueueError) -> Int64 {
        if let id = try typeID(type) { return id }
        let id = try insert(.insertType, type.rawValue)
        names.add(type, id)
        return id
    }

    /// The number of a group, which is added if it is new; 0 for `nil`.
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
