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

@Suite("A store that is only looked at")
struct ReadOnlyTests {
    private static let reading = SQLiteStoreOptions(readOnly: true)

    @Test("Q9 it sees what a live store commits, and what that has claimed")
    func live() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let tool = try await SQLiteJobStore(at: .file(directory.database), options: Self.reading)
        #expect(try await tool.counts().active == 0)
        for type in ["work", "other"] as [JobType] { _ = try await store.submit(JobSubmission(type: type), at: now) }
        let worker = try await store.openWorker(lease: .seconds(30), at: HostTime(now))
        #expect(try await tool.peek(.work, worker: nil, at: now)?.id == JobID(1))
        _ = try await store.claim(for: worker)
        #expect(try await tool.job(JobID(1))?.state == .running)
        #expect(try await tool.count(JobQuery(states: [.pending])) == 1)
        #expect(try await tool.peek(.work, worker: nil, at: now) == nil)
        #expect(try await tool.explain(JobID(2), .work, worker: nil, at: now)?.obstacles == [.noExecutor])
        #expect(try await tool.check() == [])
        await tool.close()
        await store.close()
    }

    @Test("Q9 a look at what comes next counts jobs that have become due, and changes none")
    func due() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let later = now.advanced(by: .seconds(5))
        _ = try await store.submit(JobSubmission(type: "work", priority: .high, runAfter: later), at: now)
        _ = try await store.submit(JobSubmission(type: "work", expiresAt: later), at: now)
        let tool = try await SQLiteJobStore(at: .file(directory.database), options: Self.reading)
        #expect(try await tool.peek(.work, worker: nil, at: now)?.id == JobID(2))
        #expect(try await tool.peek(.work, worker: nil, at: later)?.id == JobID(1))
        #expect(try await tool.job(JobID(2))?.state == .pending)
        await tool.close()
        await store.close()
    }

    @Test("Q9 every call that would change something is refused, and changes nothing")
    func writes() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        let tool = try await SQLiteJobStore(at: .file(directory.database), options: Self.reading)
        let worker = WorkerID(rawValue: 1)
        let job = RecurringJob(JobSubmission(type: "work"), .every(.seconds(1)))
        let calls: [() async throws -> Void] = [
            { _ = try await tool.submit(JobSubmission(type: "work"), at: now) },
            { _ = try await tool.submit(contentsOf: [JobSubmission(type: "work")], at: now) },
            { _ = try await tool.openWorker(lease: .seconds(1), at: HostTime(now)) },
            { _ = try await tool.renewLease(of: worker, at: HostTime(now)) },
            { try await tool.closeWorker(worker, at: now) },
            { _ = try await tool.recover(at: HostTime(now), maximumCrashes: 3) },
            { _ = try await tool.turn(finishing: [], claiming: nil, at: now) },
            { try await tool.saveCheckpoint(nil, of: JobID(1), attempt: 1) },
            { _ = try await tool.cancel(JobID(1), at: now) }, { _ = try await tool.resubmit(JobID(1), at: now) },
            { _ = try await tool.apply(.cancel, to: JobQuery(), from: nil, limit: 1, at: now) },
            { try await tool.pause(Pause(.queue), at: now) },
            { _ = try await tool.resume(.queue, reason: nil, at: now) },
            { _ = try await tool.deleteEnded(JobID(1)) },
            { _ = try await tool.prune(RetentionPolicy(), limit: 1, at: now) },
            { _ = try await tool.expire(limit: 1, at: now) }, { try await tool.flush() },
            { _ = try await tool.register("s", job, first: now, at: now) },
            { _ = try await tool.setPaused(true, schedule: "s", at: now) },
            { _ = try await tool.setPaused(false, schedule: "s", at: now) },
            { _ = try await tool.remove(schedule: "s", cancellingJob: false, at: now) },
            { _ = try await tool.fire([], at: now) },
        ]
        for (index, call) in calls.enumerated() {
            let error = await #expect(throws: QueueError.self) { try await call() }
            #expect(error?.code == .readOnly, "call \(index)")
        }
        #expect(try await tool.jobs(JobQuery()).jobs == store.jobs(JobQuery()).jobs)
        await tool.close()
        await store.close()
    }

    @Test("Q9 it makes no wake file, leaves the database as it was, and reads it when nobody else has it open")
    func alone() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        await store.close()
        unlink("\(directory.database)-wake")
        let before = contents(of: directory.database)
        let tool = try await SQLiteJobStore(at: .file(directory.database), options: Self.reading)
        tool.observe { _ in }.cancel()
        #expect(try await tool.count(JobQuery()) == 1)
        await tool.close()
        #expect(contents(of: directory.database) == before)
        #expect(access("\(directory.database)-wake", F_OK) != 0)
    }

    @Test("Q9 a file without a log can be read as one that nobody changes, whatever its name")
    func immutable() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        await store.close()
        let odd = "\(directory.path)/a b?%\u{E9}#.db"
        try #require(rename(directory.database, odd) == 0)
        let pool = ReaderPool(path: odd, limit: 1, access: .immutable)
        #expect(try pool.read { (session) throws(QueueError) in try JobQueries(session).count(JobQuery()) } == 1)
        pool.close()
        #expect(access("\(odd)-shm", F_OK) != 0)
        unlink(odd)
    }

    @Test(
        "Q9 without the right to write, a store in a directory that can't be written to is read all the same",
        .enabled(if: geteuid() != 0))
    func rights() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        await store.close()
        chmod(directory.database, 0o400)
        chmod(directory.path, 0o500)
        defer { chmod(directory.path, 0o700) }
        let tool = try await SQLiteJobStore(at: .file(directory.database), options: Self.reading)
        #expect(try await tool.count(JobQuery()) == 1)
        await tool.close()
    }

    @Test("Q9 what is no queue of this version can't be looked at")
    func others() async throws {
        let directory = try TemporaryDirectory()
        func code(_ location: SQLiteJobStore.Location) async -> QueueError.Code? {
            await #expect(throws: QueueError.self) { try await SQLiteJobStore(at: location, options: Self.reading) }?
                .code
        }
        #expect(await code(.memory) == .invalidOption)
        #expect(await code(.file("")) == .invalidOption)
        #expect(await code(.file(directory.database)) == .permission)
        #expect(access(directory.database, F_OK) != 0, "none is made")
        try write([], to: directory.database)
        #expect(await code(.file(directory.database)) == .notAQueue)
        try write(Array(repeating: 7, count: 5000), to: directory.database)
        #expect(await code(.file(directory.database)) == .notAQueue)
    }
}
