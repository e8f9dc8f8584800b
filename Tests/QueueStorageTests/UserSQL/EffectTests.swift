import Foundation
import QueueModel
import QueueStoreKit
import Testing

@_spi(Testing) @testable import QueueStorage

@Suite("Effects in the queue's file")
struct EffectTests {
    /// Moves an amount from the first account to the second.
    private static func transfer(_ amount: Int64) -> SQLiteEffect {
        SQLiteEffect { connection in
            try connection.execute("UPDATE account SET balance = balance + ?1 WHERE id = 2", .integer(amount))
            try connection.execute("UPDATE account SET balance = balance - ?1 WHERE id = 1", .integer(amount))
        }
    }

    @Test("E8 an effect is committed with the completion, for all connections, and once")
    func commits() async throws {
        let scene = try await EffectScene()
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
        let scene = try await EffectScene()
        let jobs = try await scene.running(3)
        let outcomes = try await scene.finish(
            scene.success(jobs[0], Self.transfer(60)), scene.success(jobs[1], Self.transfer(60)),
            scene.success(jobs[2], Self.transfer(40)))
        #expect(outcomes[0] == .recorded(.completed) && outcomes[2] == .recorded(.completed))
        guard case .effectFailed(let failure) = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect((failure.error as? UserConnection.SQLError)?.code == .constraint)
        #expect(!failure.isPermanent)
        #expect(try await scene.balances == [0, 100])
        try await scene.close()
    }

    @Test(
        "E8 an effect that rolls back all of the transaction fails alone the next time",
        arguments: ["INSERT OR ROLLBACK INTO account VALUES(1, 0)", "INSERT INTO forbidden VALUES(1)"])
    func endsTransaction(sql: String) async throws {
        let scene = try await EffectScene()
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
        #expect((failure.error as? UserConnection.SQLError)?.code == .constraint)
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
        let scene = try await EffectScene(SQLiteStoreOptions(effectTimeLimit: .milliseconds(1)))
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
        #expect((failure.error as? UserConnection.SQLError)?.code == .timeLimit)
        #expect(!failure.isPermanent)
        #expect(outcomes[1] == .recorded(.completed))
        #expect(try await scene.balances == [100, 0])
        try await scene.close()
    }

    @Test("E8 a deferred foreign key is checked at the end of the effect, not at the commit of all")
    func deferred() async throws {
        let scene = try await EffectScene()
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
        #expect((failure.error as? UserConnection.SQLError)?.code == .constraint)
        #expect(outcomes[1] == .recorded(.completed))
        #expect(try await scene.balances == [100, 0, 0])
        try await scene.close()
    }

    @Test("E8 a transaction that can't be committed takes its effects back, and they happen once all the same")
    func fullDisk() async throws {
        let scene = try await EffectScene()
        let job = try #require(try await scene.running().first)
        let fill = SQLiteEffect { connection in
            try connection.execute("UPDATE account SET balance = balance + 1 WHERE id = 2")
            try connection.execute("INSERT INTO large VALUES(zeroblob(100000))")
        }
        try await scene.store.withUserTables { connection in try connection.execute("CREATE TABLE large(a)") }
        try await StoreProbe(scene.store).limitPages(to: 1)
        let error = await #expect(throws: QueueError.self) {
            try await scene.store.turn(finishing: [scene.success(job, fill)], claiming: nil, at: now)
        }
        #expect(error?.code == .diskFull && error?.isTransient == true)
        #expect(try await scene.store.job(job.id)?.state == .running)
        #expect(try await scene.balances == [100, 0])
        try await StoreProbe(scene.store).limitPages(to: 100_000)
        #expect(try await scene.finish(scene.success(job, fill)) == [.recorded(.completed)])
        #expect(try await scene.balances == [100, 1])
        try await scene.close()
    }

    @Test("E8 a process that dies within the transaction leaves neither the effect nor the completion, and later both")
    func death() async throws {
        // So little memory that pages go to the log before their transaction is committed.
        let scene = try await EffectScene(SQLiteStoreOptions(cacheKiB: 64, effectTimeLimit: .seconds(3600)))
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
}
