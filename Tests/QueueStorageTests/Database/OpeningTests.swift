import CMillraceSQLite
import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Opening a store")
struct OpeningTests {
    /// The code of the error that opening a file throws.
    private func code(opening path: String) async -> QueueError.Code? {
        do {
            let store = try await SQLiteJobStore(at: .file(path))
            await store.close()
            return nil
        } catch {
            return error.code
        }
    }

    /// Makes a queue's file and closes it.
    private func makeQueue(in directory: TemporaryDirectory) async throws {
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        await store.close()
    }

    /// Runs SQL on a closed file.
    private func change(_ directory: TemporaryDirectory, _ sql: String) throws {
        let connection = try Connection(path: directory.database, access: .readWrite)
        try connection.execute("PRAGMA writable_schema = OFF; \(sql)")
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    }

    @Test("I11 a file with the owner's rights alone is made, and beside it only such files, whatever the mask")
    func rights() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        for suffix in ["", "-wal", "-shm", "-wake"] {
            #expect(mode(of: directory.database + suffix) == 0o600, "\(suffix)")
        }
        await store.close()
    }

    @Test(
        "I11 a directory that anybody can write to is known as one",
        arguments: [(0o700, false), (0o770, false), (0o707, true), (0o1777, true)])
    func openDirectory(mode: Int, isOpen: Bool) throws {
        let directory = try TemporaryDirectory()
        chmod(directory.path, mode_t(mode))
        #expect(SQLiteJobStore.Location.directoryIsOpenToOthers(path: directory.database) == isOpen)
        chmod(directory.path, 0o700)
        #expect(!SQLiteJobStore.Location.directoryIsOpenToOthers(path: "/no-such-directory/queue.db"))
    }

    @Test(
        "I11 each connection has the settings against hostile files",
        arguments: [Connection.Access.readWrite, .readOnly, .immutable])
    func settings(_ access: Connection.Access) async throws {
        let directory = try TemporaryDirectory()
        try await makeQueue(in: directory)
        let connection = try Connection(path: directory.database, access: access)
        #expect(try connection.integer("PRAGMA trusted_schema") == 0)
        #expect(try connection.integer("PRAGMA cell_size_check") == 1)
        // What defensive mode forbids: the schema can't be written to, so nothing changes.
        try? connection.execute("PRAGMA writable_schema = ON")
        #expect(throws: QueueError.self) { try connection.execute("UPDATE sqlite_schema SET sql = 'x'") }
        #expect(sqlite3_limit(connection.handle, SQLITE_LIMIT_EXPR_DEPTH, -1) == 200)
        #expect(sqlite3_limit(connection.handle, SQLITE_LIMIT_SQL_LENGTH, -1) == 16 << 20)
        connection.close()
    }

    @Test(
        "Q8 a refused file's log stays beside it as it was",
        arguments: ["PRAGMA user_version = 99", "CREATE TRIGGER planted AFTER INSERT ON job BEGIN SELECT 1; END"])
    func refusedLog(_ sql: String) async throws {
        let directory = try TemporaryDirectory()
        try await makeQueue(in: directory)
        let raw = try RawConnection(directory.database)
        try raw.execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; \(sql)")
        // As a process leaves them that is killed: the copies have what no connection will clean up.
        let (file, log) = (contents(of: directory.database), contents(of: "\(directory.database)-wal"))
        raw.close()
        try write(file, to: directory.database)
        try write(log, to: "\(directory.database)-wal")
        try #require(!log.isEmpty)
        #expect(await code(opening: directory.database) != nil)
        #expect(contents(of: directory.database) == file)
        #expect(contents(of: "\(directory.database)-wal") == log)
    }

    @Test("Q8 a file that is no database is refused and left as it was")
    func noDatabase() async throws {
        let directory = try TemporaryDirectory()
        let text = Array(String(repeating: "this is no database. ", count: 300).utf8)
        try write(text, to: directory.database)
        #expect(await code(opening: directory.database) == .notAQueue)
        #expect(contents(of: directory.database) == text)
    }

    @Test(
        "Q8 a database that is not a queue's is refused and left as it was",
        arguments: ["CREATE TABLE mine(a)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"])
    func foreign(_ sql: String) async throws {
        let directory = try TemporaryDirectory()
        try write([], to: directory.database)
        let connection = try Connection(path: directory.database, access: .readWrite)
        try connection.execute(sql)
        connection.close()
        let before = contents(of: directory.database)
        #expect(await code(opening: directory.database) == .notAQueue)
        #expect(contents(of: directory.database) == before)
    }

    @Test("Q8 a file of a newer release is refused and left as it was")
    func newer() async throws {
        let directory = try TemporaryDirectory()
        try await makeQueue(in: directory)
        try change(directory, "PRAGMA user_version = 99")
        let before = contents(of: directory.database)
        #expect(await code(opening: directory.database) == .newerSchema)
        #expect(contents(of: directory.database) == before)
    }

    @Test(
        "I11 what was planted in a file's schema keeps it from being opened",
        arguments: [
            ("CREATE TRIGGER planted AFTER INSERT ON job BEGIN DELETE FROM job; END", QueueError.Code.notAQueue),
            ("DROP VIEW jobs; CREATE VIEW jobs AS SELECT 1", .corrupt),
            ("DROP INDEX job_ready", .corrupt),
        ])
    func planted(_ sql: String, _ expected: QueueError.Code) async throws {
        let directory = try TemporaryDirectory()
        try await makeQueue(in: directory)
        try change(directory, sql)
        #expect(await code(opening: directory.database) == expected)
    }

    @Test("I11 a damaged schema page is reported as damage")
    func damaged() async throws {
        let directory = try TemporaryDirectory()
        try await makeQueue(in: directory)
        var bytes = contents(of: directory.database)
        for index in 100..<4096 { bytes[index] = 0xAA }
        try write(bytes, to: directory.database)
        #expect(await code(opening: directory.database) == .corrupt)
        #expect(contents(of: directory.database) == bytes)
    }

    @Test("I11 a path that can't be made is a matter of permission")
    func unreachable() async throws {
        let directory = try TemporaryDirectory()
        #expect(await code(opening: "\(directory.path)/missing/queue.db") == .permission)
        try write([1], to: directory.database)
        #expect(await code(opening: "\(directory.database)/queue.db") == .permission)
        #expect(await code(opening: "") == .invalidOption)
    }

    @Test("Q8 opening again changes nothing, and two that open a new file at once agree")
    func again() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.database
        async let first = SQLiteJobStore(at: .file(path))
        async let second = SQLiteJobStore(at: .file(path))
        let stores = try await [first, second]
        let one = try await stores[0].submit(JobSubmission(type: "work"), at: now)
        let two = try await stores[1].submit(JobSubmission(type: "work"), at: now)
        #expect([one, two] == [.inserted(JobID(1)), .inserted(JobID(2))])
        for store in stores { await store.close() }
        let store = try await SQLiteJobStore(at: .file(path))
        #expect(try await store.count(JobQuery()) == 2)
        #expect(try await store.check() == [])
        await store.close()
    }

    @Test(
        "options outside of their range are refused",
        arguments: [
            SQLiteStoreOptions(busyTimeout: .seconds(-1)), SQLiteStoreOptions(busyTimeout: .milliseconds(-1)),
            SQLiteStoreOptions(busyTimeout: .milliseconds(3_600_001)), SQLiteStoreOptions(readerCount: -1),
            SQLiteStoreOptions(readerCount: 65), SQLiteStoreOptions(walPageLimit: 15),
            SQLiteStoreOptions(walPageLimit: 1_000_001), SQLiteStoreOptions(cacheKiB: 63),
            SQLiteStoreOptions(cacheKiB: 4_194_305),
        ])
    func options(_ options: SQLiteStoreOptions) async {
        let error = await #expect(throws: QueueError.self) { try await SQLiteJobStore(at: .memory, options: options) }
        #expect(error?.code == .invalidOption)
    }
}
