import CToolSQLite

/// A connection without protections, for planting invalid data.
struct RawDatabase {
    private let handle: OpaquePointer

    /// Opens a file; `nil` if that fails.
    init?(_ path: String) {
        var opened: OpaquePointer?
        guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil) == SQLITE_OK, let opened
        else {
            sqlite3_close_v2(opened)
            return nil
        }
        handle = opened
        run("PRAGMA writable_schema = ON")
        // A file is sound again sooner without a sync than with one.
        run("PRAGMA synchronous = OFF")
    }

    /// Runs SQL; what fails changes nothing, and that is all right.
    @discardableResult
    func run(_ sql: String) -> Bool {
        sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK
    }

    /// Closes the connection; the log goes into the file.
    func close() {
        sqlite3_close_v2(handle)
    }

    /// Runs statements on tables that take any value in any column, and puts the tables' definitions back.
    static func change(_ path: String, _ statements: [String]) {
        let loose = "replace(replace(sql, ' STRICT', ''), ' NOT NULL', '')"
        let isTable = "type = 'table' AND name IN (\(RowMutation.names.map { "'\($0)'" }.joined(separator: ", ")))"
        guard let first = RawDatabase(path) else { return }
        first.run("CREATE TEMP TABLE kept AS SELECT name, sql FROM main.sqlite_schema WHERE \(isTable)")
        first.run("ATTACH '\(path)-kept' AS other; CREATE TABLE other.kept AS SELECT * FROM temp.kept; DETACH other")
        // Tables without row ids keep their keys as they are: SQLite relies on these.
        first.run("UPDATE main.sqlite_schema SET sql = \(loose) WHERE \(isTable) AND sql NOT LIKE '%WITHOUT ROWID%'")
        first.close()
        if let second = RawDatabase(path) {
            for statement in statements { second.run(statement) }
            second.close()
        }
        guard let third = RawDatabase(path) else { return }
        third.run("ATTACH '\(path)-kept' AS other")
        third.run(
            """
            UPDATE main.sqlite_schema AS own SET sql = (SELECT sql FROM other.kept WHERE kept.name = own.name)
            WHERE \(isTable) AND own.sql = (SELECT \(loose) FROM other.kept WHERE kept.name = own.name)
            """)
        third.close()
        Disk.removeQueue("\(path)-kept")
    }
}
