import CMillraceSQLite
import QueueModel
import QueueStoreKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Copies a database, page by page, into a new file.
enum Backup {
    /// The number of pages that are copied at once: 4 MB.
    private static let pages: Int32 = 1024

    /// Copies one snapshot of a connection.
    ///
    /// With a write-ahead log, others can write meanwhile. When this returns, the new file is on disk. When it throws,
    /// the file is deleted, or empty if it existed before.
    static func copy(_ source: Connection, to path: String) throws(QueueError) {
        let isNew = try makeTarget(path)
        do throws(QueueError) {
            let target = try Connection(path: path, access: .readWrite)
            defer { target.close() }
            // Nobody else should have it open, but some programs open every new file.
            target.setBusyTimeout(milliseconds: 1000)
            try target.execute("PRAGMA fullfsync = ON")
            // The copy is complete once its journal is deleted; otherwise opening it rolls it back. So the directory
            // has to be synced after that as well.
            try target.execute("PRAGMA synchronous = EXTRA")
            // While this transaction is open, all steps see the same snapshot, and a write by others restarts none.
            try source.execute("BEGIN")
            defer { try? source.execute("COMMIT") }
            _ = try source.integer("SELECT count(*) FROM sqlite_schema")
            try copy(source, to: target)
        } catch {
            unlink("\(path)-journal")
            if isNew { unlink(path) } else { truncate(path, 0) }
            throw error
        }
    }

    private static func copy(_ source: Connection, to target: Connection) throws(QueueError) {
        guard let backup = sqlite3_backup_init(target.handle, "main", source.handle, "main") else {
            throw SQLiteFailure.error(sqlite3_errcode(target.handle), on: target.handle, doing: "beginning a backup")
        }
        var code = SQLITE_OK
        while code == SQLITE_OK { code = sqlite3_backup_step(backup, pages) }
        let end = sqlite3_backup_finish(backup)
        if code != SQLITE_DONE || end != SQLITE_OK {
            let failure = code == SQLITE_DONE ? end : code
            throw SQLiteFailure.error(failure, on: target.handle, doing: "copying the queue's file")
        }
    }

    /// Creates the file for its owner alone, and returns whether it did not exist.
    private static func makeTarget(_ path: String) throws(QueueError) -> Bool {
        if try Database.create(path) { return true }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 else {
            throw QueueError(.invalidOption, "the target of the backup is there already, and is no empty file")
        }
        if chmod(path, mode_t(0o600)) != 0 {
            throw QueueError(.permission, "the target of the backup belongs to somebody else")
        }
        return false
    }
}
