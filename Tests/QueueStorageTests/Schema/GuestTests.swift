import CMillraceSQLite
import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

/// What may stand in a queue's file beside the queue, and what may not.
@Suite("The user's own tables")
struct GuestTests {
    /// Opens the file, works on it as a queue does over a job's life, and closes it.
    private func work(in directory: TemporaryDirectory) async throws {
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let worker = try await store.openWorker(lease: .seconds(60), at: HostTime(now))
        _ = try await store.submit(JobSubmission(type: "work", tags: [QueueModel.Tag("a", "b")]), at: now)
        for job in try await store.claim(for: worker) {
            let end = Completion(
                id: job.id, attempt: job.attempt, worker: worker, end: .success(output: [1]), startedAt: now,
                endedAt: now)
            _ = try await store.turn(finishing: [end], claiming: nil, at: now)
        }
        _ = try await store.prune(RetentionPolicy(maximumCount: 0), limit: 10, at: now)
        #expect(try await store.check() == [])
        try await store.closeWorker(worker, at: now)
        await store.close()
    }

    @Test(
        "I11 tables, indexes, views and triggers of the user's stand beside the queue, and keep what is in them",
        arguments: [
            "CREATE TABLE mine(a); CREATE INDEX mine_a ON mine(a); CREATE UNIQUE INDEX mine_u ON mine(a DESC)",
            "CREATE TABLE mine(a INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO mine DEFAULT VALUES; ANALYZE",
            "CREATE TABLE mine(a); CREATE VIEW my_view AS SELECT mine.a, job.id FROM mine JOIN job ON job.id = mine.a",
            """
            CREATE TABLE mine(a); CREATE TABLE log(a);
            CREATE TRIGGER job_inserted AFTER INSERT ON mine BEGIN INSERT INTO log VALUES(new.a); END
            """,
            "CREATE TABLE parent(id INTEGER PRIMARY KEY); CREATE TABLE mine(a REFERENCES parent ON DELETE CASCADE)",
            "CREATE TABLE mine(a CHECK(a > 0), b AS (a + 1)); CREATE TABLE my_other(a PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE mine(a); CREATE TRIGGER job AFTER INSERT ON mine BEGIN SELECT 1; END",
        ])
    func guests(_ sql: String) async throws {
        let directory = try TemporaryDirectory()
        try await work(in: directory)
        let raw = try RawConnection(directory.database)
        try raw.execute(sql)
        try raw.execute("INSERT INTO mine(a) VALUES(7)")
        try await work(in: directory)
        #expect(try raw.integer("SELECT count(*) FROM mine WHERE a = 7") == 1)
        #expect(try TransactionalSubmitter(on: raw.handle).submit(JobSubmission(type: "work"), at: now).isNew)
    }

    @Test("I11 an empty database becomes a queue's whatever its encoding", arguments: ["UTF-16le", "UTF-16be"])
    func encoding(_ name: String) async throws {
        let directory = try TemporaryDirectory()
        var handle: OpaquePointer?
        try #require(sqlite3_open(directory.database, &handle) == SQLITE_OK)
        let sql = "PRAGMA encoding = '\(name)'; CREATE TABLE mine(a); DROP TABLE mine"
        #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
        try await work(in: directory)
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let tag = QueueModel.Tag("ключ", "é\u{0}x")
        let job = JobSubmission(type: "arbeit.ü", payload: [0, 255], group: "グ", label: "ß", tags: [tag])
        let id = try await store.submit(job, at: now).id
        let found = try await store.jobs(JobQuery(tags: [tag])).jobs
        #expect(found.map(\.id) == [id])
        #expect(found.first?.type == job.type && found.first?.group == job.group && found.first?.label == job.label)
        #expect(found.first?.tags == [tag])
        #expect(try await store.check() == [])
        await store.close()
    }

    @Test("I11 the queue's check does not need what the user's tables need")
    func foreignFunctions() async throws {
        let directory = try TemporaryDirectory()
        try await work(in: directory)
        let raw = try RawConnection(directory.database)
        let code = sqlite3_create_collation(raw.handle, "MINE", SQLITE_UTF8, nil) { _, _, _, _, _ in 0 }
        #expect(code == SQLITE_OK)
        try raw.execute(
            "CREATE TABLE mine(a COLLATE MINE); CREATE INDEX mine_a ON mine(a); INSERT INTO mine VALUES('x')")
        try await work(in: directory)
    }

    static let planted = [
        "CREATE TRIGGER planted AFTER INSERT ON job BEGIN DELETE FROM job; END",
        "CREATE TRIGGER planted BEFORE UPDATE OF payload ON job BEGIN SELECT 1; END",
        "CREATE TRIGGER planted AFTER DELETE ON tag BEGIN DELETE FROM job; END",
        "CREATE TRIGGER planted INSTEAD OF INSERT ON jobs BEGIN SELECT 1; END",
        "CREATE INDEX planted ON job(payload)",
        "CREATE UNIQUE INDEX planted ON JOB(type)",
        "CREATE TABLE planted(a REFERENCES job)",
        "CREATE TABLE planted(a REFERENCES job(id) ON DELETE CASCADE)",
        "CREATE TABLE planted(a, b, FOREIGN KEY(a, b) REFERENCES Tag(key, value) ON DELETE SET NULL)",
        "CREATE TABLE millrace_mine(a)",
    ]

    @Test(
        "I11 what has to do with the queue's tables keeps a file from being opened or submitted to", arguments: planted)
    func refused(_ sql: String) async throws {
        let directory = try TemporaryDirectory()
        try await work(in: directory)
        let raw = try RawConnection(directory.database)
        try raw.execute(sql)
        let before = try raw.integer("SELECT count(*) FROM job")
        await #expect(throws: QueueError.self) { try await work(in: directory) }
        let error = #expect(throws: QueueError.self) { try TransactionalSubmitter(on: raw.handle) }
        #expect(error?.code == .notAQueue)
        #expect(try raw.integer("SELECT count(*) FROM job") == before)
    }

    @Test(
        "I11 a schema whose names are not those of its definitions does not hide what would run",
        arguments: [
            "UPDATE sqlite_schema SET tbl_name = 'mine' WHERE name = 'planted'",
            "UPDATE sqlite_schema SET tbl_name = 'mine', name = 'sqlite_planted' WHERE name = 'planted'",
        ], planted.filter { $0.contains("planted") && !$0.contains("INSTEAD") })
    func hidden(_ change: String, _ sql: String) async throws {
        let directory = try TemporaryDirectory()
        try await work(in: directory)
        let raw = try RawConnection(directory.database)
        // What SQLite makes for itself has no definition, and is not looked at.
        try raw.execute("CREATE TABLE mine(a); \(sql); PRAGMA writable_schema = ON; \(change)")
        raw.close()
        let error = await #expect(throws: QueueError.self) { try await work(in: directory) }
        #expect([.notAQueue, .corrupt].contains(error?.code))
    }

    @Test("I11 a trigger that is planted while a store is open does not run, and nothing is written")
    func plantedLater() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        let raw = try RawConnection(directory.database)
        try raw.execute("CREATE TABLE mine(a)")
        #expect(try await store.submit(JobSubmission(type: "work"), at: now).isNew)
        try raw.execute("CREATE TRIGGER planted AFTER INSERT ON job BEGIN INSERT INTO mine VALUES(1); END")
        let error = await #expect(throws: QueueError.self) {
            _ = try await store.submit(JobSubmission(type: "work"), at: now)
        }
        #expect(error?.code == .notAQueue)
        #expect(try raw.integer("SELECT count(*) FROM mine") == 0)
        try raw.execute("DROP TRIGGER planted")
        #expect(try await store.submit(JobSubmission(type: "work"), at: now) == .inserted(JobID(3)))
        await store.close()
    }

    @Test(
        "I11 every connection of the store's guards against a hostile file",
        arguments: [Connection.Access.readWrite, .readOnly])
    func guards(_ access: Connection.Access) async throws {
        let directory = try TemporaryDirectory()
        try await work(in: directory)
        let connection = try Connection(path: directory.database, access: access)
        #expect(try connection.integer("PRAGMA trusted_schema") == 0)
        #expect(try connection.integer("PRAGMA cell_size_check") == 1)
        // What SQLITE_DBCONFIG_DEFENSIVE forbids.
        try connection.execute("PRAGMA writable_schema = ON")
        let error = #expect(throws: QueueError.self) { try connection.execute("UPDATE sqlite_schema SET sql = sql") }
        // Not for want of the right to write: SQLite does not even compile it.
        #expect(error?.code == .sqlite)
    }
}
