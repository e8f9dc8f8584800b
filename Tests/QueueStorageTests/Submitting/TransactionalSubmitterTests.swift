import CMillraceSQLite
import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

@Suite("Submitting in the user's own transactions")
struct TransactionalSubmitterTests {
    /// A queue's file, open in a store that has a worker, with a table of the user's and a connection of the user's on it.
    private struct Scene {
        let directory: TemporaryDirectory
        let store: SQLiteJobStore
        let worker: WorkerID
        let raw: RawConnection
        let submitter: TransactionalSubmitter

        init() async throws {
            directory = try TemporaryDirectory()
            store = try await SQLiteJobStore(at: .file(directory.database))
            worker = try await store.openWorker(lease: .seconds(60), at: HostTime(now))
            raw = try RawConnection(directory.database)
            try raw.execute("CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT)")
            submitter = try TransactionalSubmitter(on: raw.handle)
        }

        var orders: Int64 { get throws { try raw.integer("SELECT count(*) FROM orders") } }

        /// Whether somebody was told to look at the file.
        var isWoken: Bool { size(of: "\(directory.database)-wake") > 0 }

        func close() async throws {
            #expect(try await store.check() == [])
            await store.close()
        }
    }

    @Test("S8 a job is there if and only if the user's transaction was committed")
    func commits() async throws {
        let scene = try await Scene()
        for end in ["ROLLBACK", "COMMIT"] {
            try scene.raw.execute("BEGIN IMMEDIATE; INSERT INTO orders(item) VALUES('book')")
            // A new type and a new group: what was learned of them must not outlive the rollback.
            let outcome = try scene.submitter.submit(JobSubmission(type: "work", group: "g"), at: now)
            #expect(outcome == .inserted(JobID(1)))
            #expect(try await scene.store.job(JobID(1)) == nil)
            try scene.raw.execute(end)
        }
        #expect(try scene.orders == 1)
        #expect(try await scene.store.count(JobQuery()) == 1)
        #expect(try await scene.store.claim(for: scene.worker).map(\.group) == ["g"])
        try await scene.close()
    }

    @Test("S8 without a transaction a call is one of its own, and what it refuses leaves nothing behind")
    func alone() async throws {
        let scene = try await Scene()
        #expect(try scene.submitter.submit(JobSubmission(type: "work"), at: now) == .inserted(JobID(1)))
        #expect(sqlite3_get_autocommit(scene.raw.handle) == 1)
        let unknown = JobSubmission(type: "another", dependencies: [.job(JobID(99))])
        let error = #expect(throws: QueueError.self) {
            try scene.submitter.submit(contentsOf: [JobSubmission(type: "new"), unknown], at: now)
        }
        #expect(error?.code == .unknownDependency && error?.index == 1)
        #expect(sqlite3_get_autocommit(scene.raw.handle) == 1)
        #expect(try scene.raw.integer("SELECT count(*) FROM job") == 1)
        #expect(try scene.raw.integer("SELECT count(*) FROM job_type") == 1)
        try await scene.close()
    }

    @Test("S8 a refused call leaves the user's transaction as it was, and it goes on")
    func refused() async throws {
        let scene = try await Scene()
        try scene.raw.execute("BEGIN; INSERT INTO orders(item) VALUES('book')")
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        let unknown = JobSubmission(type: "another", dependencies: [.job(JobID(99))])
        #expect(throws: QueueError.self) {
            try scene.submitter.submit(contentsOf: [JobSubmission(type: "new"), unknown], at: now)
        }
        let tooLong = #expect(throws: QueueError.self) {
            try scene.submitter.submit(
                JobSubmission(type: "work", payload: Array(repeating: 0, count: 1 << 21)), at: now)
        }
        #expect(tooLong?.code == .payloadTooLarge)
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        try scene.raw.execute("COMMIT")
        #expect(try scene.orders == 1)
        #expect(try await scene.store.claim(for: scene.worker).map(\.id) == [JobID(1), JobID(2)])
        try await scene.close()
    }

    @Test("S8 a rollback to the user's savepoint takes the jobs since then back")
    func savepoint() async throws {
        let scene = try await Scene()
        try scene.raw.execute("BEGIN")
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        // Even if it has the name that the submitter uses.
        try scene.raw.execute("SAVEPOINT millrace")
        try scene.submitter.submit(contentsOf: [JobSubmission(type: "a"), JobSubmission(type: "b")], at: now)
        try scene.raw.execute("ROLLBACK TO millrace")
        #expect(try scene.submitter.submit(JobSubmission(type: "b"), at: now) == .inserted(JobID(2)))
        try scene.raw.execute("COMMIT")
        #expect(try await scene.store.count(JobQuery()) == 2)
        try await scene.close()
    }

    @Test("S8 ids of both go up together, and none is given twice")
    func ids() async throws {
        let scene = try await Scene()
        var ids: [JobID] = []
        for round in 0..<4 {
            ids.append(try await scene.store.submit(JobSubmission(type: "work"), at: now).id)
            ids.append(try scene.submitter.submit(JobSubmission(type: "work"), at: now).id)
            if round == 2 {
                _ = try await scene.store.cancel(ids[5], at: now)
                #expect(try await scene.store.deleteEnded(ids[5]))
            }
        }
        #expect(ids == (1...8).map { JobID($0) })
        try await scene.close()
    }

    @Test("S8 the row id of the user's last insert is still the user's")
    func lastRow() async throws {
        let scene = try await Scene()
        try scene.raw.execute("BEGIN; INSERT INTO orders(id, item) VALUES(4711, 'book')")
        try scene.submitter.submit(JobSubmission(type: "work", tags: [QueueModel.Tag("a", "b")]), at: now)
        #expect(sqlite3_last_insert_rowid(scene.raw.handle) == 4711)
        try scene.raw.execute("COMMIT")
        try await scene.close()
    }

    // MARK: Workers

    @Test("S9 workers are woken by the commit: not before, and not by a rollback")
    func wakes() async throws {
        let scene = try await Scene()
        for _ in 0..<2 {
            // Another submitter of the same connection changes nothing of it.
            let submitter = try TransactionalSubmitter(on: scene.raw.handle)
            try scene.raw.execute("BEGIN")
            try submitter.submit(JobSubmission(type: "work"), at: now)
            #expect(!scene.isWoken)
            try scene.raw.execute("ROLLBACK")
            #expect(!scene.isWoken)
        }
        try scene.raw.execute("BEGIN")
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        #expect(!scene.isWoken)
        try scene.raw.execute("COMMIT")
        #expect(scene.isWoken)
        try await scene.close()
    }

    @Test("S9 a call without a transaction wakes workers when it returns")
    func wakesAlone() async throws {
        let scene = try await Scene()
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        #expect(scene.isWoken)
        try await scene.close()
    }

    @Test("S9 nobody is woken where there is no worker, or nothing for one to do")
    func wakesNobody() async throws {
        let scene = try await Scene()
        let submission = JobSubmission(type: "work", key: .text("k"))
        _ = try await scene.store.submit(submission, at: now)
        #expect(try scene.submitter.submit(submission, at: now) == .duplicate(of: JobID(1)))
        #expect(!scene.isWoken)
        try await scene.store.closeWorker(scene.worker, at: now)
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        #expect(!scene.isWoken)
        try await scene.close()
    }

    @Test("S5 a running job that is superseded is taken from its worker, who is told")
    func supersedes() async throws {
        let scene = try await Scene()
        let (signals, sender) = AsyncStream.makeStream(of: StoreSignal.self, bufferingPolicy: .unbounded)
        let observation = scene.store.observe { sender.yield($0) }
        let submission = JobSubmission(type: "work", key: .text("k"), onDuplicate: .supersede)
        _ = try await scene.store.submit(JobSubmission(type: "work"), at: now)
        _ = try await scene.store.submit(submission, at: now)
        let running = try await scene.store.claim(for: scene.worker)
        #expect(running.count == 2)
        #expect(try scene.submitter.submit(submission, at: now) == .superseded(old: JobID(2), by: JobID(3)))
        #expect(await signals.first { $0 == .stop([JobID(2)]) } != nil)
        let late = Completion(
            id: JobID(2), attempt: 1, worker: scene.worker, end: .success(output: nil), startedAt: now, endedAt: now)
        #expect(try await scene.store.turn(finishing: [late], claiming: nil, at: now).outcomes == [.stale])
        observation.cancel()
        try await scene.close()
    }

    // MARK: What can be wrong

    @Test("S8 the connection can be closed once the submitter is, which then refuses calls")
    func closes() async throws {
        let scene = try await Scene()
        try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        #expect(scene.raw.close() == SQLITE_BUSY)
        scene.submitter.close()
        scene.submitter.close()
        let error = #expect(throws: QueueError.self) {
            try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        }
        #expect(error?.code == .closed)
        #expect(scene.raw.close() == SQLITE_OK)
        try await scene.close()
    }

    @Test("S8 one call leaves nothing on the connection that would keep it from being closed")
    func once() async throws {
        let scene = try await Scene()
        scene.submitter.close()
        let outcomes = try TransactionalSubmitter.submit(
            contentsOf: [JobSubmission(type: "work")], on: scene.raw.handle, at: now)
        #expect(outcomes == [.inserted(JobID(1))])
        #expect(scene.isWoken)
        #expect(scene.raw.close() == SQLITE_OK)
        try await scene.close()
    }

    @Test(
        "S8 a connection that is not on a queue's file, or can't write to it, is refused",
        arguments: [
            ("", "", SQLITE_OPEN_READWRITE, QueueError.Code.notAQueue),
            ("", "CREATE TABLE mine(a)", SQLITE_OPEN_READWRITE, .notAQueue),
            ("queue.db", "PRAGMA user_version = 99", SQLITE_OPEN_READWRITE, .newerSchema),
            ("queue.db", "PRAGMA user_version = 0", SQLITE_OPEN_READWRITE, .notAQueue),
            ("queue.db", "DROP INDEX job_ready", SQLITE_OPEN_READWRITE, .corrupt),
            ("queue.db", "SELECT 1", SQLITE_OPEN_READONLY, .readOnly),
            ("queue.db", "CREATE TEMP TABLE Job(a)", SQLITE_OPEN_READWRITE, .notAQueue),
            (
                "queue.db", "CREATE TEMP TRIGGER mine AFTER INSERT ON job BEGIN SELECT 1; END", SQLITE_OPEN_READWRITE,
                .notAQueue
            ),
        ])
    func connections(_ name: String, _ sql: String, _ flags: Int32, _ expected: QueueError.Code) async throws {
        let directory = try TemporaryDirectory()
        await (try SQLiteJobStore(at: .file(directory.database))).close()
        // The empty name means a database of the connection's own.
        let raw = try RawConnection(name.isEmpty ? "" : "\(directory.path)/\(name)", flags)
        try raw.execute(sql)
        let error = #expect(throws: QueueError.self) { try TransactionalSubmitter(on: raw.handle) }
        #expect(error?.code == expected)
    }

    @Test("S8 what the connection itself plants later is refused before anything is written")
    func plantedLater() async throws {
        let scene = try await Scene()
        for scope in ["", "TEMP"] {
            try scene.raw.execute("CREATE \(scope) TRIGGER planted AFTER INSERT ON job BEGIN DELETE FROM orders; END")
            let error = #expect(throws: QueueError.self) {
                try scene.submitter.submit(JobSubmission(type: "work"), at: now)
            }
            #expect(error?.code == .notAQueue)
            try scene.raw.execute("DROP TRIGGER planted; CREATE TABLE IF NOT EXISTS more(a)")
            #expect(try scene.submitter.submit(JobSubmission(type: "work"), at: now).isNew)
        }
        try await scene.close()
    }

    @Test("S8 another connection's lock makes a call busy, and leaves the user's transaction as it was")
    func busy() async throws {
        let scene = try await Scene()
        let other = try RawConnection(scene.directory.database)
        sqlite3_busy_timeout(scene.raw.handle, 0)
        try scene.raw.execute("BEGIN")
        try other.execute("BEGIN IMMEDIATE")
        let locked = #expect(throws: QueueError.self) {
            try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        }
        #expect(locked?.code == .busy && locked?.isTransient == true)
        try other.execute("COMMIT")
        #expect(try scene.submitter.submit(JobSubmission(type: "work"), at: now).isNew)
        try scene.raw.execute("COMMIT")

        // What a transaction has read is out of date once another has written; it can't write any more.
        try scene.raw.execute("BEGIN")
        #expect(try scene.orders == 0)
        try other.execute("INSERT INTO orders(item) VALUES('book')")
        let stale = #expect(throws: QueueError.self) {
            try scene.submitter.submit(JobSubmission(type: "work"), at: now)
        }
        #expect(stale?.code == .busy)
        try scene.raw.execute("ROLLBACK")
        #expect(try await scene.store.count(JobQuery()) == 1)
        try await scene.close()
    }
}
