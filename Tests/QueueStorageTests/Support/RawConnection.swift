import CMillraceSQLite
import Testing

/// A connection as a user of SQLite has one: nothing of Millrace's is in it.
final class RawConnection {
    let handle: OpaquePointer
    private var isClosed = false

    struct Failure: Error, Equatable {
        var code: Int32
        var message: String
    }

    init(_ path: String, _ flags: Int32 = SQLITE_OPEN_READWRITE) throws {
        var opened: OpaquePointer?
        sqlite3_open_v2(path, &opened, flags, nil)
        handle = try #require(opened)
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit {
        close()
    }

    /// Closes the connection, which fails while statements of it are there; returns SQLite's code.
    @discardableResult
    func close() -> Int32 {
        if isClosed { return SQLITE_OK }
        let code = sqlite3_close(handle)
        isClosed = code == SQLITE_OK
        return code
    }

    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw Failure(code: code, message: String(cString: sqlite3_errmsg(handle))) }
    }

    /// The first column of the first row; 0 if there is none.
    func integer(_ sql: String) throws -> Int64 {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        if code != SQLITE_OK { throw Failure(code: code, message: String(cString: sqlite3_errmsg(handle))) }
        defer { sqlite3_finalize(statement) }
        return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0
    }
}
