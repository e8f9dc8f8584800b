import QueueModel
import QueueStoreKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Opens databases, and makes sure that each is a queue's before anything in it is written or run.
enum Database {
    /// The number that marks a file as a queue's: "Mill".
    static let applicationID: Int64 = 0x4D69_6C6C
    /// The schema that this release writes.
    static let version = Int64(migrations.count)
    /// The statements that each version adds to the one before, version 1 first.
    private static let migrations: [[String]] = [SchemaV1.objects.map(\.sql.string)]

    /// Opens the writing connection of a location and brings its schema up to date.
    static func open(_ location: SQLiteJobStore.Location, _ options: SQLiteStoreOptions) throws(QueueError)
        -> Connection
    {
        let connection: Connection
        switch location {
        case .memory:
            connection = try Connection(path: nil, access: .readWrite)
        case .file(let path):
            _ = try create(path)
            connection = try Connection(path: path, access: .readWrite)
        }
        let timeout = Int32(clamping: options.busyTimeout.wholeMilliseconds)
        connection.setBusyTimeout(milliseconds: timeout)
        // Nothing in the file may change until it is known to be a queue's.
        connection.setCopiesLogOnClose(false)
        let found = try inspect(connection)
        if connection.isReadOnly {
            throw QueueError(.readOnly, "the queue's file can't be written to")
        }
        if found == nil {
            // Only an empty file accepts this. It allows free pages to be given back a few at a time, without rewriting
            // the whole file.
            try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        }
        try configure(connection, location, options)
        try migrate(connection)
        if let found, found != version { try SchemaCheck.run(on: connection) }
        connection.setCopiesLogOnClose(true)
        // From here on the writer itself waits for locks, so that it never does so on a caller's thread.
        connection.setBusyTimeout(milliseconds: 0)
        return connection
    }

    /// Returns how to open a file for reading alone, after checking that it is a queue of this version.
    ///
    /// Nothing is written.
    static func access(forReading path: String, _ options: SQLiteStoreOptions) throws(QueueError) -> Connection.Access {
        if path.isEmpty || path.utf8.contains(0) {
            throw QueueError(.invalidOption, "the path of the queue's file is empty or has a NUL")
        }
        do throws(QueueError) {
            try look(at: path, .readOnly, options)
            return .readOnly
        } catch {
            // Where SQLite may not create files beside the database, it can read it only if nobody writes.
            var status = stat()
            let mayBeImmutable = [.permission, .readOnly].contains(error.code) && stat("\(path)-wal", &status) != 0
            guard mayBeImmutable, stat(path, &status) == 0 else { throw error }
            try look(at: path, .immutable, options)
            return .immutable
        }
    }

    private static func look(
        at path: String, _ access: Connection.Access, _ options: SQLiteStoreOptions
    ) throws(QueueError) {
        let connection = try Connection(path: path, access: access)
        defer { connection.close() }
        connection.setBusyTimeout(milliseconds: Int32(clamping: options.busyTimeout.wholeMilliseconds))
        guard let found = try inspect(connection) else {
            throw QueueError(.notAQueue, "the file is empty: no queue has been made in it")
        }
        if found < version {
            throw QueueError(
                .notPossibleNow,
                "the file has schema version \(found), and has to be opened for writing to be brought up to date")
        }
    }

    /// Creates an empty file that only its owner can read, and returns whether there was none.
    ///
    /// SQLite gives `-wal` and `-shm` the same mode. An existing file is left alone: opening and closing it here would
    /// drop the locks that this process may hold on it.
    static func create(_ path: String) throws(QueueError) -> Bool {
        if path.isEmpty || path.utf8.contains(0) {
            throw QueueError(.invalidOption, "the path of the queue's file is empty or has a NUL")
        }
        let file = Platform.createExclusively(path)
        if file >= 0 {
            close(file)
            return true
        }
        switch errno {
        case EEXIST: return false
        case ENOSPC: throw QueueError(.diskFull, "no room for the queue's file", isTransient: true)
        case EROFS: throw QueueError(.readOnly, "the directory of the queue's file can't be written to")
        default:
            let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
            throw QueueError(.permission, "the queue's file can't be made: \(reason)")
        }
    }

    /// Returns the version of the file's schema, or `nil` if the file is empty.
    ///
    /// It checks the schema if the version is this release's, and writes nothing.
    private static func inspect(_ connection: Connection) throws(QueueError) -> Int64? {
        // One snapshot for all reads: another process may be creating the queue right now.
        try connection.execute("BEGIN")
        defer { try? connection.execute("COMMIT") }
        do throws(QueueError) {
            let found = try schemaVersion(of: connection)
            if found == version { try SchemaCheck.run(on: connection) }
            // A queue whose first page is damaged may look like an empty file. It must not become a new queue.
            if found == nil, let fault = try connection.texts("PRAGMA main.quick_check(1)").first(where: { $0 != "ok" })
            {
                throw QueueError(.corrupt, "the file has no tables, and is not empty: \(fault)")
            }
            return found
        } catch {
            // SQLite has no separate code for a header that it does not understand.
            throw error.code == .sqlite ? QueueError(.corrupt, error.message) : error
        }
    }

    /// Returns the version of a queue's schema, or `nil` if the file is empty.
    ///
    /// Throws ``QueueError/Code/notAQueue`` for a file that is not a queue's and ``QueueError/Code/newerSchema`` for a
    /// version that this release does not know.
    static func schemaVersion(of connection: Connection) throws(QueueError) -> Int64? {
        let application = try connection.integer("PRAGMA main.application_id") ?? 0
        let found = try connection.integer("PRAGMA main.user_version") ?? 0
        let objects = try connection.integer("SELECT count(*) FROM main.sqlite_schema") ?? 0
        if application == 0, found == 0, objects == 0 { return nil }
        guard application == applicationID, found > 0 else {
            throw QueueError(.notAQueue, "the file is a database, but not a queue's")
        }
        if found > version {
            throw QueueError(
                .newerSchema, "the file has schema version \(found), this release knows up to \(version)")
        }
        return found
    }

    /// Checks that a connection opened by somebody else is on a file that this release can write to.
    static func checkForeign(_ connection: Connection) throws(QueueError) {
        guard let found = try schemaVersion(of: connection) else {
            throw QueueError(.notAQueue, "the connection's main database is empty: no queue has been made in it")
        }
        if found < version {
            throw QueueError(
                .notPossibleNow,
                "the file has schema version \(found), and has to be opened by a store to be brought up to date")
        }
        if connection.isReadOnly { throw QueueError(.readOnly, "the connection can't write to the queue's file") }
    }

    private static func configure(
        _ connection: Connection, _ location: SQLiteJobStore.Location, _ options: SQLiteStoreOptions
    ) throws(QueueError) {
        try connection.execute("PRAGMA foreign_keys = ON")
        try connection.execute("PRAGMA temp_store = MEMORY")
        try connection.execute("PRAGMA cache_size = -\(options.cacheKiB)")
        guard case .file = location else {
            try connection.execute("PRAGMA journal_mode = MEMORY")
            return
        }
        try setLog(connection, until: ContinuousClock.now + options.busyTimeout)
        try connection.execute("PRAGMA wal_autocheckpoint = 0")
        // Plain syncs stop at the drive's cache on some systems.
        try connection.execute("PRAGMA fullfsync = ON")
        let mode = options.durability == .full ? "FULL" : "NORMAL"
        try connection.execute("PRAGMA synchronous = \(mode)")
    }

    /// Switches to a write-ahead log.
    ///
    /// SQLite does not wait for the lock here, so this function does.
    private static func setLog(_ connection: Connection, until deadline: ContinuousClock.Instant) throws(QueueError) {
        while true {
            do throws(QueueError) {
                guard try connection.texts("PRAGMA journal_mode = WAL") == ["wal"] else {
                    throw QueueError(.sqlite, "the file system of the queue's file does not allow a write-ahead log")
                }
                return
            } catch {
                guard error.code == .busy, ContinuousClock.now < deadline else { throw error }
                usleep(UInt32.random(in: 500...2000))
            }
        }
    }

    /// Brings the schema up to date in one transaction.
    ///
    /// Another process may have done so meanwhile.
    private static func migrate(_ connection: Connection) throws(QueueError) {
        if try connection.integer("PRAGMA user_version") == version { return }
        try connection.execute("BEGIN IMMEDIATE")
        do throws(QueueError) {
            let found = try connection.integer("PRAGMA user_version") ?? 0
            for statements in migrations.dropFirst(Int(clamping: found)) {
                for sql in statements { try connection.execute(sql) }
            }
            if found < version {
                try connection.execute("PRAGMA application_id = \(applicationID)")
                try connection.execute("PRAGMA user_version = \(version)")
            }
            try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }
}
