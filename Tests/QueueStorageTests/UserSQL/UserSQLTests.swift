import QueueModel
import QueueStorage
import QueueStoreKit
import Testing

@Suite("SQL of the user's in the queue's file")
struct UserSQLTests {
    @Test(
        "E8 an effect can't do what would reach beyond it",
        arguments: [
            "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE millrace", "ROLLBACK TO millrace",
            "ATTACH ':memory:' AS other", "DETACH main", "PRAGMA synchronous = OFF", "PRAGMA user_version",
            "VACUUM", "ANALYZE", "REINDEX", "UPDATE job SET state = 2", "DELETE FROM main.worker", "DELETE FROM JOB",
            "INSERT INTO counter VALUES('job', 0)", "INSERT INTO millrace_bell VALUES(1)",
            "INSERT OR REPLACE INTO job_extra(job) VALUES(1)", "CREATE TABLE more(a)", "DROP TABLE account",
            "ALTER TABLE account ADD COLUMN a", "CREATE INDEX i ON account(balance)", "CREATE TEMP TABLE t(a)",
            "CREATE TRIGGER t AFTER UPDATE ON account BEGIN SELECT 1; END", "UPDATE sqlite_schema SET sql = ''",
            "WITH a AS (SELECT 1) DELETE FROM job", "INSERT INTO stepping VALUES(1)",
        ])
    func bounds(sql: String) async throws {
        let scene = try await EffectScene()
        // From a trigger of the user's just as little.
        try await scene.store.withUserTables { connection in
            try connection.execute("CREATE TABLE stepping(a)")
            try connection.execute(
                "CREATE TRIGGER step AFTER INSERT ON stepping BEGIN UPDATE job SET priority = 0; END")
        }
        let failure = try await scene.failure(SQLiteEffect(sql))
        let error = try #require(failure?.error as? UserConnection.SQLError)
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
        let scene = try await EffectScene()
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

    @Test("E8 a connection serves only the call that it was for")
    func ended() async throws {
        /// Keeps what must not be kept.
        final class Thief: @unchecked Sendable {
            var connection: UserConnection?
        }
        let scene = try await EffectScene()
        let job = try #require(try await scene.running().first)
        let thief = Thief()
        _ = try await scene.finish(scene.success(job, SQLiteEffect { thief.connection = $0 }))
        let error = #expect(throws: UserConnection.SQLError.self) {
            try thief.connection?.execute("DELETE FROM account")
        }
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
        let scene = try await EffectScene()
        let effect = SQLiteEffect { connection in
            try connection.execute(sql, Array(repeating: .null, count: count))
        }
        let failure = try await scene.failure(effect)
        #expect((failure?.error as? UserConnection.SQLError)?.code == .invalidStatement)
        #expect(failure?.isPermanent == true)
        #expect(try await scene.balances == [100, 0])
        try await scene.close()
    }

    @Test("E8 values come back as they were bound")
    func values() async throws {
        let scene = try await EffectScene()
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
        let scene = try await EffectScene()
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
