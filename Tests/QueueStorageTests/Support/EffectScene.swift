import QueueModel
import QueueStorage
import QueueStoreKit
import Testing

/// A queue's file with a table of the user's, open in a store that has a worker.
struct EffectScene {
    let directory: TemporaryDirectory
    let store: SQLiteJobStore
    let worker: WorkerID

    init(_ options: SQLiteStoreOptions = SQLiteStoreOptions()) async throws {
        directory = try TemporaryDirectory()
        store = try await SQLiteJobStore(at: .file(directory.database), options: options)
        worker = try await store.openWorker(lease: .seconds(60), at: HostTime(now))
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
