import CMillraceSQLite

/// A statement of the user's, prepared under the guard.
final class UserStatement {
    private let handle: OpaquePointer
    private let text: String
    private unowned let sql: UserSQL

    /// Tells SQLite to copy what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ text: String, _ sql: UserSQL, persistent: Bool) throws(UserConnection.SQLError) {
        guard !text.utf8.contains(0) else {
            throw UserConnection.SQLError(.invalidStatement, "it has a NUL", sql: text)
        }
        var prepared: OpaquePointer?
        var code = SQLITE_OK
        var hasExtra = false
        text.withCString { start in
            let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
            var tail: UnsafePointer<CChar>?
            code = sqlite3_prepare_v3(sql.connection.handle, start, -1, flags, &prepared, &tail)
            if code == SQLITE_OK, prepared != nil, let tail, tail.pointee != 0 {
                // A comment or a space is no statement.
                var next: OpaquePointer?
                hasExtra = sqlite3_prepare_v2(sql.connection.handle, tail, -1, &next, nil) != SQLITE_OK || next != nil
                sqlite3_finalize(next)
            }
        }
        guard code == SQLITE_OK else { throw sql.error(code, text) }
        guard let prepared else { throw UserConnection.SQLError(.invalidStatement, "it is empty", sql: text) }
        if hasExtra {
            sqlite3_finalize(prepared)
            throw UserConnection.SQLError(.invalidStatement, "it is more than one statement", sql: text)
        }
        handle = prepared
        self.text = text
        self.sql = sql
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Binds all parameters.
    func bind(_ values: [SQLiteValue]) throws(UserConnection.SQLError) {
        let count = Int(sqlite3_bind_parameter_count(handle))
        guard values.count == count else {
            throw UserConnection.SQLError(
                .invalidStatement, "it has \(count) parameters, and there are \(values.count) values", sql: text)
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            if code != SQLITE_OK { throw sql.error(code, text) }
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return sqlite3_bind_null(handle, index)
        case .integer(let number):
            return sqlite3_bind_int64(handle, index, number)
        case .real(let number):
            return sqlite3_bind_double(handle, index, number)
        case .text(let text):
            // A copy without an end mark, so that texts may have NULs.
            return Array(text.utf8).withUnsafeBytes { bytes in
                guard let start = bytes.bindMemory(to: CChar.self).baseAddress else {
                    return sqlite3_bind_text(handle, index, "", 0, Self.transient)
                }
                return sqlite3_bind_text(handle, index, start, Int32(clamping: bytes.count), Self.transient)
            }
        case .blob(let bytes):
            // The base address of an empty buffer may be nil, which would bind NULL.
            if bytes.isEmpty { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob(handle, index, $0.baseAddress, Int32(clamping: $0.count), Self.transient)
            }
        }
    }

    /// Goes to the next row; `false` at the end.
    ///
    /// In the end, and on an error, the statement is reset and forgets its values.
    func step() throws(UserConnection.SQLError) -> Bool {
        if sql.isOverdue {
            finish()
            throw UserConnection.SQLError(.timeLimit, "there is no time left for it", sql: text)
        }
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        // Before the reset, which may change what SQLite says of the error.
        let error = code == SQLITE_DONE ? nil : sql.error(code, text)
        finish()
        if let error { throw error }
        return false
    }

    private func finish() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// The values of the present row.
    var row: [SQLiteValue] {
        (0..<sqlite3_column_count(handle)).map(value)
    }

    private func value(_ column: Int32) -> SQLiteValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER:
            return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT:
            return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, column) else { return .text("") }
            let count = Int(sqlite3_column_bytes(handle, column))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(handle, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(handle, column))
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default:
            return .null
        }
    }
}
