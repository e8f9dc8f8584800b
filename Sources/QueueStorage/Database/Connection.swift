import CMillraceSQLite
import QueueModel

/// One SQLite connection, used by one thread at a time.
///
/// It is opened without SQLite's own mutexes, so it must not be shared: each owner says how it makes sure of that.
final class Connection {
    let handle: OpaquePointer
    /// Whether somebody else closes the handle.
    private let isBorrowed: Bool
    private var isClosed = false

    /// The way to open a database.
    enum Access {
        case readWrite, readOnly
        /// Without locks and without a log, for a file that nobody writes to.
        ///
        /// It is the only way to read a file without a log in a directory that can't be written to.
        case immutable
    }

    /// Opens a database file, or with `nil` a private database in memory.
    ///
    /// The settings guard against hostile files.
    init(path: String?, access: Access) throws(QueueError) {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch access {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .immutable: flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        }
        if path == nil { flags |= SQLITE_OPEN_CREATE }
        var opened: OpaquePointer?
        let name = path.map { access == .immutable ? Self.immutableURI(of: $0) : $0 }
        let code = sqlite3_open_v2(name ?? ":memory:", &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteFailure.error(code, on: opened, doing: "opening the database")
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        isBorrowed = false
        // Before anything of the file is read.
        millrace_set_defensive(opened)
        for (limit, value) in Self.limits { sqlite3_limit(opened, limit, value) }
        try execute("PRAGMA cell_size_check = ON")
    }

    /// Limits far above what a queue needs, and below what a hostile file could make SQLite try.
    ///
    /// A row can hold the largest payload, output or checkpoint that can be configured, 1 GiB (where SQLite was built
    /// to allow that). A statement names up to ten thousand ids. Expressions and views of a file can't be nested
    /// without end.
    private static let limits: [(Int32, Int32)] = [
        (SQLITE_LIMIT_LENGTH, 1 << 30 + 1 << 20), (SQLITE_LIMIT_SQL_LENGTH, 16 << 20), (SQLITE_LIMIT_EXPR_DEPTH, 200),
        (SQLITE_LIMIT_TRIGGER_DEPTH, 100), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 10_000),
    ]

    /// Wraps a connection that somebody else has opened, and leaves its settings alone.
    init(borrowing handle: OpaquePointer) {
        self.handle = handle
        isBorrowed = true
    }

    private static func immutableURI(of path: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default: uri += byte < 16 ? "%0\(String(byte, radix: 16))" : "%\(String(byte, radix: 16))"
            }
        }
        return uri + "?immutable=1"
    }

    deinit {
        close()
    }

    /// Closes the connection unless it is borrowed.
    ///
    /// All its statements must be finalized, and nothing may be called afterwards.
    func close() {
        if isClosed { return }
        isClosed = true
        if !isBorrowed { sqlite3_close_v2(handle) }
    }

    /// Sets whether closing the last connection copies the log into the file and deletes it.
    func setCopiesLogOnClose(_ copies: Bool) {
        millrace_set_checkpoint_on_close(handle, copies ? 1 : 0)
    }

    /// Sets how long SQLite itself waits for a lock.
    func setBusyTimeout(milliseconds: Int32) {
        sqlite3_busy_timeout(handle, milliseconds)
    }

    /// Whether SQLite could open the file only for reading.
    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

    /// Copies the log into the file as far as readers allow.
    ///
    /// - Parameter restarting: Whether the next commit starts a new log, if readers allow that too.
    /// - Returns: `false` if a reader or another checkpoint prevented it, so that the next checkpoint has to continue.
    @discardableResult
    func checkpoint(restarting: Bool) throws(QueueError) -> Bool {
        let mode = restarting ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE
        let code = sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
        if code & 0xff == SQLITE_BUSY { return false }
        if code & 0xff != SQLITE_OK { throw SQLiteFailure.error(code, on: handle, doing: "copying the log") }
        return true
    }

    /// Runs SQL without parameters and ignores its rows.
    func execute(_ sql: String) throws(QueueError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw SQLiteFailure.error(code, on: handle, doing: "running a command") }
    }

    /// Returns the first column of the first row as an integer, or `nil` if there is no row.
    func integer(_ sql: String) throws(QueueError) -> Int64? {
        let statement = try Statement(sql, on: self, persistent: false)
        return try statement.step() ? statement.int64(0) : nil
    }

    /// Returns the first column of all rows as strings.
    func texts(_ sql: String) throws(QueueError) -> [String] {
        let statement = try Statement(sql, on: self, persistent: false)
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0)) }
        return texts
    }

    /// The number of rows that the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// The number of rows changed since the connection was opened.
    var totalChanges: Int64 { sqlite3_total_changes64(handle) }

    /// The row id of the last insert.
    var lastInsertedRow: Int64 {
        get { sqlite3_last_insert_rowid(handle) }
        set { sqlite3_set_last_insert_rowid(handle, newValue) }
    }

    /// The path of the database file; empty for one in memory.
    var path: String { sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? "" }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// A number that changes when another connection has committed a change.
    var dataVersion: UInt32 {
        var version: UInt32 = 0
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_DATA_VERSION, &version)
        return version
    }
}
