import CFaultVFS
import CToolSQLite

/// One of SQLite's calls on a file or a path, while it is made.
package struct FileCall {
    /// The question.
    package let operation: FileOperation
    /// The role of the file for SQLite.
    package let role: FileRole
    /// The number of this opening of the file; 0 for calls on a path.
    package let file: UInt
    /// The file's path.
    package let path: String
    /// The offset in the file in bytes; for a truncation the remaining size.
    package let offset: Int64
    /// The number of bytes.
    package let length: Int64
    /// The bytes to be written; valid until the call is judged.
    package let bytes: UnsafeRawBufferPointer
    /// SQLite's flags of the call.
    package let flags: Int32

    init?(_ call: cfault_call, path: String) {
        guard let operation = FileOperation(code: call.operation) else { return nil }
        self.operation = operation
        self.path = path
        file = UInt(bitPattern: call.file)
        role = FileRole(kind: call.kind, path: path)
        offset = call.offset
        length = call.length
        bytes = UnsafeRawBufferPointer(start: call.bytes, count: call.bytes == nil ? 0 : Int(call.length))
        flags = call.flags
    }
}

/// The role of a file for SQLite.
package enum FileRole: String, CaseIterable, Sendable {
    /// The database, and calls on the memory that connections share beside it.
    case database
    /// The write-ahead log.
    case log
    /// The rollback journal, which a file has until it has a log, and the target of a backup.
    case journal
    case other

    init(kind: Int32, path: String) {
        switch kind {
        case SQLITE_OPEN_MAIN_DB: self = .database
        case SQLITE_OPEN_WAL: self = .log
        case SQLITE_OPEN_MAIN_JOURNAL: self = .journal
        case 0:
            // A call on a path, which SQLite makes from the database's.
            if path.hasSuffix("-wal") {
                self = .log
            } else if path.hasSuffix("-journal") {
                self = .journal
            } else {
                self = .database
            }
        default: self = .other
        }
    }
}
