import QueueModel
import QueueStoreKit

/// Checks that Millrace may work with a file's schema, so that nothing planted in a file ever runs.
///
/// The queue's own objects must be exactly as Millrace creates them. The user's tables, indexes, views and triggers are
/// allowed beside them as long as no statement of Millrace involves them: none may be on a table of the queue or have a
/// foreign key to one.
enum SchemaCheck {
    /// The prefix of names reserved for later releases and for temporary objects of connections.
    static let reservedPrefix = "millrace_"

    /// The queue's objects by name, in lower case, as SQLite compares names.
    private static let own = Dictionary(uniqueKeysWithValues: SchemaV1.objects.map { ($0.name, $0.sql.string) })
    static let ownTables = SchemaV1.objects.filter { $0.sql.string.hasPrefix("CREATE TABLE") }.map(\.name)

    /// Throws ``QueueError/Code/notAQueue`` for an object that must not exist, and ``QueueError/Code/corrupt`` for one
    /// of the queue's that is missing or different.
    ///
    /// - Parameter includingTemporary: Whether the connection belongs to somebody else, who may have created temporary
    ///   objects.
    static func run(on connection: Connection, includingTemporary: Bool = false) throws(QueueError) {
        var words: Words = []
        try look(at: "main", on: connection, &words)
        if includingTemporary { try look(at: "temp", on: connection, &words) }
        if words.contains(.references) { try checkReferences(on: connection) }
        if words.contains(.index) { try checkIndexes(on: connection) }
        if !words.isDisjoint(with: [.trigger, .references]) { try checkPrograms(on: connection) }
    }

    /// The keywords in definitions that are not the queue's: without the keyword, there is no such object.
    ///
    /// Most files have none, and need no further checks.
    private struct Words: OptionSet {
        let rawValue: UInt8
        static let trigger = Words(rawValue: 1)
        static let references = Words(rawValue: 2)
        static let index = Words(rawValue: 4)

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Finds the keywords in a definition.
        ///
        /// Comments and names count as well, so there may be too many keywords but never too few.
        init(in sql: String) {
            let sql = sql.lowercased()
            self = []
            if sql.contains("trigger") { insert(.trigger) }
            if sql.contains("references") { insert(.references) }
            if sql.contains("index") { insert(.index) }
        }
    }

    /// Returns whether a file has objects besides the queue's.
    static func hasGuests(on connection: Connection) throws(QueueError) -> Bool {
        let count = try connection.integer("SELECT count(*) FROM main.sqlite_schema WHERE sql IS NOT NULL") ?? 0
        return count > Int64(own.count)
    }

    // MARK: The schema's text

    /// Checks each object of a schema, and collects the keywords of those that are not the queue's own.
    private static func look(
        at schema: String, on connection: Connection, _ words: inout Words
    ) throws(QueueError) {
        var missing = schema == "main" ? own : [:]
        let row = try Statement(
            "SELECT type, name, tbl_name, sql FROM \(schema).sqlite_schema WHERE sql IS NOT NULL", on: connection,
            persistent: false)
        while try row.step() {
            let (type, name, table) = (row.text(0), row.text(1), row.text(2))
            let key = name.lowercased()
            // A trigger may have the name of a table.
            if type != "trigger", let sql = missing.removeValue(forKey: key) {
                guard row.text(3) == sql else {
                    throw QueueError(.corrupt, "the definition of \"\(name)\" in the file is not the expected one")
                }
                continue
            }
            if own[table.lowercased()] != nil {
                throw QueueError(.notAQueue, "the \(type) \"\(name)\" is on \"\(table)\", which is the queue's own")
            }
            if key.hasPrefix(reservedPrefix) {
                throw QueueError(.notAQueue, "the \(type) \"\(name)\" has a name that is kept for the queue")
            }
            words.formUnion(Words(in: row.text(3)))
        }
        if let name = missing.keys.min() { throw QueueError(.corrupt, "\"\(name)\" is missing in the file") }
    }

    /// Rejects references to the queue's tables: they would keep ended jobs from being deleted, or be deleted with
    /// them.
    private static func checkReferences(on connection: Connection) throws(QueueError) {
        let row = try Statement(
            """
            SELECT guest.name, reference."table" FROM main.sqlite_schema AS guest
            JOIN pragma_foreign_key_list(guest.name, 'main') AS reference WHERE guest.type = 'table'
            """, on: connection, persistent: false)
        while try row.step() {
            let (guest, table) = (row.text(0), row.text(1))
            if own[table.lowercased()] == nil { continue }
            throw QueueError(
                .notAQueue, "the table \"\(guest)\" has a foreign key to \"\(table)\", which is the queue's own")
        }
    }

    // MARK: SQLite's view of it

    // In a file that was tampered with, the names in the schema may differ from those in its definitions. So these
    // checks ask SQLite what it has parsed.

    private static func checkIndexes(on connection: Connection) throws(QueueError) {
        for table in ownTables {
            let indexes = "SELECT name FROM pragma_index_list('\(table)', 'main') WHERE origin = 'c'"
            for index in try connection.texts(indexes) where own[index] == nil {
                throw QueueError(.notAQueue, "the index \"\(index)\" is on \"\(table)\", which is the queue's own")
            }
        }
    }

    /// Rejects anything that would run when a table of the queue is changed.
    ///
    /// It would be in the programs that SQLite compiles for statements; none of them is run.
    private static func checkPrograms(on connection: Connection) throws(QueueError) {
        for table in ownTables {
            let columns = try connection.texts("SELECT name FROM pragma_table_info('\(table)', 'main')")
            let assignments = columns.map { "\"\($0)\" = \"\($0)\"" }.joined(separator: ", ")
            for change in [
                "INSERT INTO main.\(table) DEFAULT VALUES", "UPDATE main.\(table) SET \(assignments)",
                "DELETE FROM main.\(table)",
            ] {
                // "Program" calls the program of a trigger or of a foreign key.
                let row = try Statement("EXPLAIN \(change)", on: connection, persistent: false)
                while try row.step() {
                    if row.text(1) != "Program" { continue }
                    throw QueueError(.notAQueue, "a trigger or a foreign key runs when \"\(table)\" is changed")
                }
            }
        }
    }
}

/// Checks the schema again when another connection has changed it.
struct SchemaGuard {
    private let watchesTemporary: Bool
    private var seen: (main: Int64, temporary: Int64)?

    /// - Parameter isBorrowed: Whether the connection belongs to somebody else.
    init(isBorrowed: Bool) {
        watchesTemporary = isBorrowed
    }

    /// Checks the schema if it has changed since the last check, and throws what ``SchemaCheck`` throws.
    ///
    /// It costs one or two small reads. Call it in a transaction, so that the schema can't change afterwards.
    mutating func check(_ session: Session) throws(QueueError) {
        let main = try session.integer(.schemaVersion) ?? 0
        let temporary = watchesTemporary ? try session.integer(.temporarySchemaVersion) ?? 0 : 0
        if let seen, seen == (main, temporary) { return }
        try SchemaCheck.run(on: session.connection, includingTemporary: watchesTemporary)
        seen = (main, temporary)
    }
}
