import CMillraceSQLite
import QueueModel

/// Maps SQLite's result codes to the package's error, in one place.
///
/// Messages name the operation and SQLite's own text; bound values (payloads, keys, tags) are never part of either.
enum SQLiteFailure {
    /// Returns the error of a call that failed on a connection.
    static func error(_ code: Int32, on handle: OpaquePointer?, doing operation: StaticString) -> QueueError {
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        let text = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        var detail = text.map { String(cString: $0) } ?? "unknown error"
        // A name from the damaged file follows, which may be anything.
        if detail.hasPrefix(malformedSchema) { detail = malformedSchema }
        return error(code: extended & 0xff == code & 0xff ? extended : code, "\(operation): \(detail)")
    }

    private static let malformedSchema = "malformed database schema"

    /// Returns the error for a result code with a message.
    static func error(code: Int32, _ message: String) -> QueueError {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: QueueError(.busy, message, isTransient: true)
        case SQLITE_IOERR: QueueError(.io, "\(message) (code \(code))", isTransient: true)
        case SQLITE_FULL: QueueError(.diskFull, message, isTransient: true)
        case SQLITE_READONLY: QueueError(.readOnly, message)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: QueueError(.permission, message)
        // The queue's own statements violate no constraint as long as the rows are consistent.
        case SQLITE_CORRUPT, SQLITE_CONSTRAINT, SQLITE_MISMATCH: QueueError(.corrupt, message)
        case SQLITE_NOTADB: QueueError(.notAQueue, message)
        case SQLITE_NOMEM: QueueError(.outOfMemory, message, isTransient: true)
        default: QueueError(.sqlite, "\(message) (code \(code))")
        }
    }
}
