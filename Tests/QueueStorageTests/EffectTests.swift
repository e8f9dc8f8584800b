import Foundation
import QueueModel
import Testing

@testable import QueueStorage

@Suite("Effects in the queue's file")
struct EffectTests {
    /// A queue's file with a table of the user's, open in a store that has a worker.
    private struct Scene {
        let directory: TemporaryDirectory
        let store: SQLiteJobStore
        let worker: WorkerID

        init(_ options: SQLiteStoreOptions = SQLiteStoreOptions()) async throws {
            directory = try TemporaryDirectory()
            store = try await SQLiteJobStore(at: .file(directory.database), options: options)
            worker = try await store.openWorker(lease: .seconds(60), at: now)
            try await store.withUserTables { connection in
                try connection.execute(
                    "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER CHECK(balance >= 0))")
                try connection.execute("INSERT INTO account VALUES(1, 100), (2, 0)")
            }
        }

        /// Submits jobs and claims them.
        func running(_ count: Int = 1) async throws -> [JobRecord] {
            _ = try await store.submit(
                contentsOf: Array(repeating: JobSubmission(type: "work"), count: count), at: now)
            return try await store.claim(count, for: worker)
        }

        /// The completion of a running job with an effect.
        func success(_ job: JobRecord, _ effect: SQLiteEffect?) -> Completion {
            Completion(
                id: job.id, attempt: job.attempt, worker: worker, end: .success(output: nil), startedAt: now,
                endedAt: now, effects: effect.map { [$0] } ?? [])
        }

        func finish(_ completions: Completion...) async throws -> [CompletionOutcome] {
            try await store.turn(finishing: completions, claiming: nil, at: now).outcomes
        }

        /// Runs a job with an effect, and gives why it failed.
        func failure(_ effect: SQLiteEffect) async throws -> EffectFailure? {
            let job = try #require(try await running().first)
            guard case .effectFailed(let failure) = try await finish(success(job, effect)).first else { return nil }
            #expect(try await store.job(job.id)?.state == .running)
            return failure
        }

        var balances: [Int64] {
            get async throws {
                try await store.withUserTables { connection in
                    try connection.rows("SELECT balance FROM account ORDER BY id").compactMap(\.first?.integer)
                }
            }
        }

        func close() async throws {
            #expect(try await store.check() == [])
            await store.close()
        }
    }

    /// Moves an amount from the first account to the second.
    private static func transfer(_ amount: Int64) -> SQLiteEffect {
        SQLiteEffect { connection in
            try connection.execute("UPDATE account SET balance = balance + ?1 WHERE id = 2", .integer(amount))
            try connection.execute("UPDATE account SET balance = balance - ?1 WHERE id = 1", .integer(amount))
        }
    }

    @Test("E8 an effect is committed with the completion, for all connections, and once")
    func commits() async throws {
        let scene = try await Scene()
        let jobs = try await scene.running(2)
        let first = scene.success(jobs[0], Self.transfer(30))
        #expect(
            try await scene.finish(first, scene.success(jobs[1], Self.transfer(20))) == [
                .recorded(.completed), .recorded(.completed),
            ])
        #expect(try await scene.finish(first) == [.stale])
        let raw = try RawConnection(scene.directory.database)
        #expect(try raw.integer("SELECT balance FROM account WHERE id = 2") == 50)
        #expect(try raw.integer("SELECT count(*) FROM jobs WHERE state = 'completed'") == 2)
        try await scene.close()
    }

    @Test("E8 a constraint that does not hold fails the one job, with its code")
    func constraint() async throws {
        let scene = try await Scene()
        let jobs = try await scene.running(3)
        let outcomes = try await scene.finish(
            scene.success(jobs[0], Self.transfer(60)), scene.success(jobs[1], Self.transfer(60)),
            scene.success(jobs[2], Self.transfer(40)))
        #expect(outcomes[0] == .recorded(.completed) && outcomes[2] == .recorded(.completed))
        guard case .effectFailed(let failure) = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect((failure.error as? UserSQLError)?.code == .constraint)
        #expect(!failure.isPermanent)
        #expect(try await scene.balances == [0, 100])
        try await scene.close()
    }

    @Test(
        "E8 an effect can't do what would reach beyond it",
        arguments: [
            "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE millrace", "ROLLBACK TO millrace",
            "ATTACH ':memory:' AS other", "DETACH main", "PRAGMA synchronous = OFF", "PRAGMA user_version",
            "VACUUM", "ANALYZE", "REINDEX", "UPDATE job SET state = 2", "DELETE FROM main.worker", "DELETE FROM JOB",
            "INSERT INTO counter VALUES('job', 0)", "INSERT INTO millrace_bell VALUES(1)",
            "INSERT OR REPLACE INTO job_more(job) VALUES(1)", "CREATE TABLE more(a)", "DROP TABLE account",
            "ALTER TABLE account ADD COLUMN a", "CREATE INDEX i ON account(balance)", "CREATE TEMP TABLE t(a)",
            "CREATE TRIGGER t AFTER UPDATE ON account BEGIN SELECT 1; END", "UPDATE sqlite_schema SET sql = ''",
            "WITH a AS (SELECT 1) DELETE FROM job", "INSERT INTO stepping VALUES(1)",
        ])
    func bounds(sql: String) async throws {
        let scene = try await Scene()
        // From a trigger of the user's just as little.
        try await scene.store.withUserTables { connection in
            try connection.execute("CREATE TABLE stepping(a)")
            try connection.execute(
                "CREATE TRIGGER step AFTER INSERT ON stepping BEGIN UPDATE job SET priority = 0; END")
        }
        let failure = try await scene.failure(SQLiteEffect(sql))
        let error = try #require(failure?.error as? UserSQLError)
        // Some are refused by SQLite before it asks.
        let isAsked = !["bell", "sqlite_schema", "VACUUM"].contains { sql.contains($0) }
        #expect(error.code == (isAsked ? .notAllowed : .sqlite), "\(error)")
        #expect(failure?.isPermanent == (error.code == .notAllowed))
        #expect(try await scene.balances == [100, 0])
        // The queue itself is as free as before.
        let job = try #require(try await scene.running().first)
        #expect(try await scene.finish(scene.success(job, nil)) == [.recorded(.completed)])
        try await scene.close()
    }

    @Test("E8 an effect may read the queue's tables, and those that it may write to")
    func reading() async throws {
        let scene = try await Scene()
        let job = try #require(try await scene.running().first)
        let effect = SQLiteEffect { connection in
            let count = try connection.rows(
                "SELECT count(*), max(type) FROM jobs WHERE id = ?1", .init(job.id.rawValue))
            try connection.execute("UPDATE account SET balance = ?1", count[0][0])
        }
        #expect(try await scene.finish(scene.success(job, effect)) == [.recorded(.completed)])
        #expect(try await scene.balances == [1, 1])
        try await scene.close()
    }

    @Test(
        "E8 an effect that rolls back all of the transaction fails alone the next time",
        arguments: ["INSERT OR ROLLBACK INTO account VALUES(1, 0)", "INSERT INTO forbidden VALUES(1)"])
    func endsTransaction(sql: String) async throws {
        let scene = try await Scene()
        try await scene.store.withUserTables { connection in
            try connection.execute("CREATE TABLE forbidden(a)")
            try connection.execute(
                "CREATE TRIGGER no BEFORE INSERT ON forbidden BEGIN SELECT RAISE(ROLLBACK, 'no'); END")
        }
        let jobs = try await scene.running(3)
        let batch = [
            scene.success(jobs[0], Self.transfer(10)), scene.success(jobs[1], SQLiteEffect(sql)),
            scene.success(jobs[2], Self.transfer(10)),
        ]
        let thrown = await #expect(throws: QueueError.self) {
            try await scene.store.turn(finishing: batch, claiming: nil, at: now)
        }
        // So the queue does the batch again as it is.
        #expect(thrown?.isTransient == true)
        #expect(try await scene.balances == [100, 0])
        let outcomes = try await scene.store.turn(finishing: batch, claiming: nil, at: now).outcomes
        #expect(outcomes[0] == .recorded(.completed) && outcomes[2] == .recorded(.completed))
        guard case .effectFailed(let failure) = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect((failure.error as? UserSQLError)?.code == .constraint)
        #expect(try await scene.balances == [80, 20])
        try await scene.close()
    }

    @Test(
        "E8 an effect that takes too long is stopped, and fails alone",
        arguments: [
            "SELECT count(*) FROM n",
            "INSERT INTO account SELECT x + 10, 0 FROM n",
        ])
    func tooLong(sql: String) async throws {
        let scene = try await Scene(SQLiteStoreOptions(effectTimeLimit: .milliseconds(1)))
        let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) \(sql)"
        let jobs = try await scene.running(2)
        let batch = [scene.success(jobs[0], SQLiteEffect(endless)), scene.success(jobs[1], nil)]
        var outcomes: [CompletionOutcome] = []
        do {
            outcomes = try await scene.store.turn(finishing: batch, claiming: nil, at: now).outcomes
        } catch {
            // SQLite rolls everything back when it is stopped while it writes.
            #expect(error.isTransient)
            outcomes = try await scene.store.turn(finishing: batch, claiming: nil, at: now).outcomes
        }
        guard case .effectFailed(let failure) = outcomes[0] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect((failure.error as? UserSQLError)?.code == .timeLimit)
        #expect(!failure.isPermanent)
        #expect(outcomes[1] == .recorded(.completed))
        #expect(try await scene.balances == [100, 0])
        try await scene.close()
    }

    @Test("E8 a deferred foreign key is checked at the end of the effect, not at the commit of all")
    func deferred() async throws {
        let scene = try await Scene()
        try await scene.store.withUserTables { connection in
            try connection.execute(
                "CREATE TABLE entry(account INTEGER REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED)")
        }
        let jobs = try await scene.running(2)
        let bad = SQLiteEffect("INSERT INTO entry VALUES(77)")
        let good = SQLiteEffect { connection in
            try connection.execute("INSERT INTO entry VALUES(3)")
            try connection.execute("INSERT INTO account VALUES(3, 0)")
        }
        let outcomes = try await scene.finish(scene.success(jobs[0], bad), scene.success(jobs[1], good))
        guard case .effectFailed(let failure) = outcomes[0] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect((failure.error as? UserSQLError)?.code == .constraint)
        #expect(outcomes[1] == .recorded(.completed))
        #expect(try await scene.balances == [100, 0, 0])
        try await scene.close()
    }

    @Test("E8 a transaction that can't be committed takes its effects back, and they happen once all the same")
    func fullDisk() async throws {
        let scene = try await Scene()
        let job = try #require(try await scene.running().first)
        let fill = SQLiteEffect { connection in
            try connection.execute("UPDATE account SET balance = balance + 1 WHERE id = 2")
            try connection.execute("INSERT INTO large VALUES(zeroblob(100000))")
        }
        try await scene.store.withUserTables { connection in try connection.execute("CREATE TABLE large(a)") }
        try await scene.store.limitPages(to: 1)
        let error = await #expect(throws: QueueError.self) {
            try await scene.store.turn(finishing: [scene.success(job, fill)], claiming: nil, at: now)
        }
        #expect(error?.code == .diskFull && error?.isTransient == true)
        #expect(try await scene.store.job(job.id)?.state == .running)
        #expect(try await scene.balances == [100, 0])
        try await scene.store.limitPages(to: 100_000)
        #expect(try await scene.finish(scene.success(job, fill)) == [.recorded(.completed)])
        #expect(try await scene.balances == [100, 1])
        try await scene.close()
    }

    @Test("E8 a process that dies within the transaction leaves neither the effect nor the completion, and later both")
    func death() async throws {
        // So little memory that pages go to the log before their transaction is committed.
        let scene = try await Scene(SQLiteStoreOptions(cacheKiB: 64, effectTimeLimit: .seconds(3600)))
        try await scene.store.withUserTables { connection in try connection.execute("CREATE TABLE large(a)") }
        let (during, after) = (try TemporaryDirectory(), try TemporaryDirectory())
        let source = scene.directory
        let job = try #require(try await scene.running().first)
        let effect = SQLiteEffect { connection in
            try connection.execute("UPDATE account SET balance = balance - 50 WHERE id = 1")
            try connection.execute("INSERT INTO large VALUES(zeroblob(2000000))")
            try Self.copy(source, to: during)
        }
        #expect(try await scene.finish(scene.success(job, effect)) == [.recorded(.completed)])
        try Self.copy(source, to: after)
        try await scene.close()
        #expect(size(of: "\(during.database)-wal") > 2_000_000)

        for (image, state, balances) in [(during, JobState.running, [100, 0]), (after, .completed, [50, 0])] {
            let store = try await SQLiteJobStore(at: .file(image.database))
            #expect(try await store.job(job.id)?.state == state)
            let found = try await store.withUserTables { connection in
                try connection.rows("SELECT balance FROM account ORDER BY id").compactMap(\.first?.integer)
            }
            #expect(found == balances.map { Int64($0) })
            #expect(try await store.check() == [])
            await store.close()
        }
    }

    /// Copies a queue's file and its log as they are at this instant, which is what a process leaves that dies then.
    ///
    /// By another process: if this one opened and closed them, it would lose SQLite's locks.
    private static func copy(_ source: TemporaryDirectory, to target: TemporaryDirectory) throws {
        let copying = Process()
        copying.executableURL = URL(filePath: "/bin/cp")
        copying.arguments = [source.database, "\(source.database)-wal", target.path]
        try copying.run()
        copying.waitUntilExit()
        try #require(copying.terminationStatus == 0)
    }

    @Test("E8 a connection serves only the call that it was for")
    func ended() async throws {
        /// Keeps what must not be kept.
        final class Thief: @unchecked Sendable {
            var connection: UserConnection?
        }
        let scene = try await Scene()
        let job = try #require(try await scene.running().first)
        let thief = Thief()
        _ = try await scene.finish(scene.success(job, SQLiteEffect { thief.connection = $0 }))
        let error = #expect(throws: UserSQLError.self) { try thief.connection?.execute("DELETE FROM account") }
        #expect(error?.code == .ended)
        #expect(try await scene.balances == [100, 0])
        try await scene.close()
    }

    @Test(
        "E8 a text that is not one statement with its values is refused",
        arguments: [
            ("", 0), ("-- nothing", 0), ("DELETE FROM account; DELETE FROM account", 0), ("SELECT ?1", 0),
            ("SELECT ?1", 2), ("SELECT 1\0", 0),
        ])
    func statements(sql: String, count: Int) async throws {
        let scene = try await Scene()
        let effect = SQLiteEffect { connection in
            try connection.execute(sql, Array(repeating: .null, count: count))
        }
        let failure = try await scene.failure(effect)
        #expect((failure?.error as? UserSQLError)?.code == .invalidStatement)
        #expect(failure?.isPermanent == true)
        #expect(try await scene.balances == [100, 0])
        try await scene.close()
    }

    @Test("E8 values come back as they were bound")
    func values() async throws {
        let scene = try await Scene()
        let values: [SQLiteValue] = [
            nil, 7, .integer(.min), 1.5, .real(-.infinity), "", "日本\0語", .blob([]), .blob([0, 255]), .init(Int.max),
        ]
        let job = try #require(try await scene.running().first)
        let back = try await scene.store.withUserTables { connection in
            try connection.execute("CREATE TABLE kept(a)")
            return try values.map { try connection.rows("SELECT ?1", $0)[0][0] }
        }
        #expect(back == values)
        let effect = SQLiteEffect { connection in
            let inserted = try connection.execute("INSERT INTO kept VALUES(?1), (?2); -- two", 1, "x")
            #expect(inserted == 2)
            #expect(connection.lastInsertedRow == 2)
            let read = try connection.execute("SELECT * FROM kept")
            #expect(read == 0)
        }
        #expect(try await scene.finish(scene.success(job, effect)) == [.recorded(.completed)])
        try await scene.close()
    }

    @Test("E8 the user's tables are made as a whole or not at all, and have nothing to do with the queue's")
    func userTables() async throws {
        let scene = try await Scene()
        for sql in [
            "CREATE TRIGGER t AFTER UPDATE ON job BEGIN SELECT 1; END", "CREATE INDEX i ON job(payload)",
            "CREATE TABLE millrace_own(a)", "DROP TABLE worker", "ALTER TABLE job ADD COLUMN a", "DELETE FROM job",
            "CREATE TABLE refers(job INTEGER REFERENCES job(id))", "COMMIT", "PRAGMA user_version = 9",
        ] {
            await #expect(throws: (any Error).self, "\(sql)") {
                try await scene.store.withUserTables { connection in
                    try connection.execute("CREATE TABLE before(a)")
                    try connection.execute(sql)
                }
            }
        }
        let tables = try await scene.store.withUserTables { connection in
            try connection.execute("CREATE TABLE after(a INTEGER PRIMARY KEY AUTOINCREMENT, b UNIQUE)")
            try connection.execute("CREATE INDEX after_b ON after(b)")
            try connection.execute("CREATE VIEW seen AS SELECT state FROM jobs")
            try connection.execute("ALTER TABLE after ADD COLUMN c")
            try connection.execute("INSERT INTO after(b) VALUES(1)")
            try connection.execute("DROP INDEX after_b")
            return try connection.rows("SELECT name FROM sqlite_schema WHERE name IN ('before', 'after', 'after_b')")
        }
        #expect(tables == [[.text("after")]])
        // It can be opened again, with what it has.
        await scene.store.close()
        let again = try await SQLiteJobStore(at: .file(scene.directory.database))
        let kept = try await again.withUserTables { try $0.rows("SELECT a FROM after") }
        #expect(kept == [[.integer(1)]])
        await again.close()
    }

    @Test("E8 the time limit of effects has a range", arguments: [Duration.zero, .seconds(-1), .seconds(3601)])
    func limitRange(limit: Duration) async throws {
        let error = await #expect(throws: QueueError.self) {
            try await SQLiteJobStore(at: .memory, options: SQLiteStoreOptions(effectTimeLimit: limit))
        }
        #expect(error?.code == .invalidOption)
    }
}
