import QueueModel
import QueueStoreKit
import Testing

@_spi(Testing) @testable import QueueStorage

@Suite("The combining writer")
struct WriterTests {
    @Test("C10 callers at once share transactions, and each has its own outcome or error", arguments: [true, false])
    func groupCommit(inMemory: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(
            at: inMemory ? .memory : .file(directory.database),
            options: SQLiteStoreOptions(durability: inMemory ? .normal : .full))
        let outcomes = await withTaskGroup(of: (Int, Result<SubmitOutcome, QueueError>).self) { group in
            for index in 0..<200 {
                group.addTask {
                    // Every fourth names a parent that is not there.
                    let parent = index.isMultiple(of: 4) ? JobID(1_000_000) : nil
                    do throws(QueueError) {
                        let job = JobSubmission(type: "work", label: "\(index)", parent: parent)
                        return (index, .success(try await store.submit(job, at: now)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, outcome) in outcomes {
            switch outcome {
            case .success(let outcome):
                #expect(!index.isMultiple(of: 4))
                #expect(try await store.job(outcome.id)?.label == "\(index)")
            case .failure(let error):
                #expect(index.isMultiple(of: 4))
                #expect(error.code == .unknownParent)
            }
        }
        #expect(try await store.count(JobQuery()) == 150)
        #expect(try await store.check() == [])
        await store.close()
    }

    @Test("a write waits on the store's thread while another connection has the lock")
    func handOver() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let other = try Connection(path: directory.database, access: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        async let outcome = store.submit(JobSubmission(type: "work"), at: now)
        // Queries go on meanwhile.
        #expect(try await store.count(JobQuery()) == 0)
        try other.execute("COMMIT")
        #expect(try await outcome == .inserted(JobID(1)))
        other.close()
        await store.close()
    }

    @Test("a write that never gets the lock is refused as busy, and the next one works")
    func busy() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(
            at: .file(directory.database), options: SQLiteStoreOptions(busyTimeout: .milliseconds(1)))
        let other = try Connection(path: directory.database, access: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        let error = await #expect(throws: QueueError.self) {
            try await store.submit(JobSubmission(type: "work"), at: now)
        }
        #expect(error?.code == .busy)
        #expect(error?.isTransient == true)
        try other.execute("ROLLBACK")
        other.close()
        #expect(try await store.submit(JobSubmission(type: "work"), at: now) == .inserted(JobID(1)))
        await store.close()
    }

    @Test("I11 L2 a full disk fails the write that needs room as a whole, and the store goes on when there is some")
    func full() async throws {
        let store = try await SQLiteJobStore(at: .memory)
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        try await StoreProbe(store).limitPages(to: 40)
        let large = JobSubmission(type: "work", payload: [UInt8](repeating: 7, count: 500_000))
        let error = await #expect(throws: QueueError.self) { try await store.submit(large, at: now) }
        #expect(error?.code == .diskFull)
        #expect(error?.isTransient == true)
        #expect(try await store.submit(JobSubmission(type: "work"), at: now).isNew)
        try await StoreProbe(store).limitPages(to: 100_000)
        #expect(try await store.submit(large, at: now).isNew)
        #expect(try await store.count(JobQuery()) == 3)
        #expect(try await store.check() == [])
        await store.close()
    }

    @Test("calls after the end are refused, and the end may come twice", arguments: [true, false])
    func closed(inMemory: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: inMemory ? .memory : .file(directory.database))
        await store.close()
        await store.close()
        let write = await #expect(throws: QueueError.self) { try await store.submit(JobSubmission(type: "a"), at: now) }
        let read = await #expect(throws: QueueError.self) { try await store.job(JobID(1)) }
        #expect(write?.code == .closed)
        #expect(read?.code == .closed)
    }

    @Test("C11 flush returns, shared by callers at once", arguments: [true, false])
    func flush(inMemory: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: inMemory ? .memory : .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await store.flush() } }
            try await group.waitForAll()
        }
        #expect(try await store.count(JobQuery()) == 1)
        await store.close()
    }

    @Test("I10 the log starts anew as it grows, however steadily it is written to")
    func log() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(
            at: .file(directory.database), options: SQLiteStoreOptions(walPageLimit: 16))
        let job = JobSubmission(type: "work", payload: [UInt8](repeating: 1, count: 3000))
        var sizes: [Int] = []
        // A log that only grows has a new size each time.
        repeat {
            for _ in 0..<100 { _ = try await store.submit(job, at: now) }
            sizes.append(size(of: "\(directory.database)-wal"))
        } while sizes.count < 500 && (sizes.count < 2 || sizes[sizes.count - 1] > sizes[sizes.count - 2])
        #expect(sizes.count < 500)
        #expect(try await store.check() == [])
        await store.close()
    }
}
