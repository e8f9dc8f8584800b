import QueueModel
import QueueStoreKit

/// Says whether a file's schema is one that Millrace may work with, so that nothing planted in a file ever runs.
///
/// The queue's own objects have to be exactly as Millrace makes them. Beside them there may be tables, indexes, views and triggers
/// of the user's, as long as no statement of Millrace's has anything to do with them: none on a table of the queue, no foreign key to one.
enum SchemaCheck {
    /// Names that start so are kept for later releases, and for what connections make for themselves.
    static let reservedPrefix = "millrace_"

    /// The queue's objects by name, in lower case, as SQLite compares names.
    private static let own = Dictionary(uniqueKeysWithValues: SchemaV1.objects.map { ($0.name, $0.sql.string) })
    static let ownTables = SchemaV1.objects.filter { $0.sql.string.hasPrefix("CREATE TABLE") }.map(\.name)

    /// Throws ``QueueError/Code/notAQueue`` for what must not be there, ``QueueError/Code/corrupt`` for what is not as it should be.
    ///
    /// - Parameter includingTemporary: Whether the connection is somebody else's, who may have made temporary objects.
    static func run(on connection: Connection, includingTemporary: Bool = false) throws(QueueError) {
        var words: Words = []
        try look(at: "main", on: connection, &words)
        if includingTemporary { try look(at: "temp", on: connection, &words) }
        if words.contains(.references) { try checkReferences(on: connection) }
        if words.contains(.index) { try checkIndexes(on: connection) }
        if !words.isDisjoint(with: [.trigger, .references]) { try checkPrograms(on: connection) }
    }

    /// Words in definitions that are not the queue's, without which there can't be what they are the name of.
    ///
    /// Most files have none, and are not asked for more.
    private struct Words: OptionSet {
        let rawValue: UInt8
        static let trigger = Words(rawValue: 1)
        static let references = Words(rawValue: 2)
        static let index = Words(rawValue: 4)

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The words in a definition; as comments and names count as well, there may be too many but none too few.
        init(in sql: String) {
            let sql = sql.lowercased()
            self = []
            if sql.contains("trigger") { insert(.trigger) }
            if sql.contains("references") { insert(.references) }
            if sql.contains("index") { insert(.index) }
        }
    }

    /// Whether a file has tables of others beside the queue's.
    static func hasGuests(on connection: Connection) throws(QueueError) -> Bool {
        let count = try connection.integer("SELECT count(*) FROM main.sqlite_schema WHERE sql IS NOT NULL") ?? 0
        return count > Int64(own.count)
    }

    // MARK: What the schema says

    /// Looks at each object of a schema, and notes what those say that are not the queue's own.
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

    /// Refuses references to the queue's tables: they would keep ended jobs from being deleted, or go with them.
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

    // MARK: What SQLite makes of it

    // In a file that was tampered with, the names in the schema need not be those of its definitions. So these ask SQLite what it has understood.

    private static func checkIndexes(on connection: Connection) throws(QueueError) {
        for table in ownTables {
            let indexes = "SELECT name FROM pragma_index_list('\(table)', 'main') WHERE origin = 'c'"
            for index in try connection.texts(indexes) where own[index] == nil {
                throw QueueError(.notAQueue, "the index \"\(index)\" is on \"\(table)\", which is the queue's own")
            }
        }
    }

    /// Refuses what would run when a table of the queue's is changed: it stands in the programs that SQLite makes of statements, of which none
    /// is run.
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

/// Notices that another connection has changed the schema, and looks at it again.
struct SchemaGuard {
    private let watchesTemporary: Bool
    private var seen: (main: Int64, temporary: Int64)?

    /// - Parameter isBorrowed: Whether the connection is somebody else's.
    init(isBorrowed: Bool) {
        watchesTemporary = isBorrowed
    }

    /// Throws what ``SchemaCheck`` throws, if the schema has changed since it was looked at last; one or two small reads.
    ///
    /// To be called in a transaction, so that what was looked at stays as it is.
    mutating func check(_ session: Session) throws(QueueError) {
        let main = try session.integer(.schemaVersion) ?? 0
        let temporary = watchesTemporary ? try session.integer(.temporarySchemaVersion) ?? 0 : 0
        if let seen, seen == (main, temporary) { return }
        try SchemaCheck.run(on: session.connection, includingTemporary: watchesTemporary)
        seen = (main, temporary)
    }
}
