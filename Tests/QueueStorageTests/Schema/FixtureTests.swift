import QueueBackoff
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

/// Files that releases have left: each schema version has one, and every later release opens it and works it off.
///
/// `make fixture` writes that of the present version; see CONTRIBUTING.md.
@Suite("Files of earlier releases", .serialized)
struct FixtureTests {
    private static let folder = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Fixtures"
    /// The instant at which the jobs of a fixture were stored.
    private static let then = Timestamp(milliseconds: 1_700_000_000_000)
    private static let versions = Array(1...Database.version)

    private static func path(of version: Int64) -> String { "\(folder)/schema-\(version).sqlite" }

    @Test("Q8 a file of the present schema version is written", .enabled(if: getenv("MILLRACE_MAKE_FIXTURE") != nil))
    func write() async throws {
        let path = Self.path(of: Database.version)
        unlink(path)
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        try await Self.fill(store)
        try await store.backup(to: path)
        await store.close()
        // Of the machine that it was made on, nothing belongs in there.
        let raw = try Connection(path: path, access: .readWrite)
        try raw.execute("UPDATE worker SET host = 'host', boot = 'boot', pid = 1, process_start = 'start'")
        raw.close()
        // Who checks the repository out need not be who wrote it.
        chmod(path, 0o644)
    }

    @Test("Q8 a file of each schema version opens, is sound, and is worked off", arguments: versions)
    func workOff(_ version: Int64) async throws {
        let bytes = contents(of: Self.path(of: version))
        try #require(!bytes.isEmpty, "there is no fixture of version \(version): make fixture")
        let directory = try TemporaryDirectory()
        try QueueStorageTests.write(bytes, to: directory.database)
        let store = try await SQLiteJobStore(at: .file(directory.database))
        #expect(try await store.check() == [])
        let counts = try await store.counts()
        for state in [JobState.pending, .blocked, .running, .completed, .failed, .deadLettered, .cancelled, .waiting] {
            #expect(counts[state] > 0, "\(state)")
        }
        #expect(try await store.schedules().map(\.id) == ["nightly"])
        #expect(try await store.pauses(at: Self.then).map(\.target) == [.group("held")])
        #expect(try await store.tags(.values(of: "kind", after: nil), limit: 10) == [Tag.Count("large", count: 1)])

        // Its process is gone, or its lease will have run out.
        let later = Self.then.advanced(by: .seconds(86_400))
        _ = try await store.resume(.group("held"), reason: nil, at: later)
        _ = try await store.recover(at: HostTime(later), maximumCrashes: 3)
        let worker = try await store.openWorker(lease: .seconds(1000), at: HostTime(later))
        var large = 0
        while true {
            let claimed = try await store.claim(100, for: worker, at: later)
            if claimed.isEmpty { break }
            large += claimed.count { $0.payload == Self.largePayload }
            let ends = claimed.map {
                Completion(
                    id: $0.id, attempt: $0.attempt, worker: worker, end: .success(output: nil), startedAt: later,
                    endedAt: later)
            }
            _ = try await store.turn(finishing: ends, claiming: nil, at: later)
        }
        #expect(large == 1)
        #expect(try await store.counts().active == 0)
        #expect(try await store.check() == [])
        await store.close()
    }

    private static let largePayload = [UInt8](repeating: 7, count: 5000)

    /// Jobs in every state that a file can be left with, and all that stands beside them.
    private static func fill(_ store: SQLiteJobStore) async throws {
        let worker = try await store.openWorker(lease: .seconds(1000), at: HostTime(then))
        func add(_ submission: JobSubmission) async throws -> JobID { try await store.submit(submission, at: then).id }
        func run(_ end: Completion.End) async throws {
            for job in try await store.claim(1, for: worker, at: then) {
                let completion = Completion(
                    id: job.id, attempt: job.attempt, worker: worker, end: end, startedAt: then, endedAt: then)
                _ = try await store.turn(finishing: [completion], claiming: nil, at: then)
            }
        }
        let failure = JobFailure(.retryable, "the other side did not answer")
        for end in [
            Completion.End.success(output: [1]), .failure(failure), .deadLetter(failure), .cancelled(failure),
            .retry(at: then.advanced(by: .seconds(60)), failure),
        ] {
            _ = try await add(JobSubmission(type: "work", label: "ended", retry: .default))
            try await run(end)
        }
        let parent = try await add(JobSubmission(type: "work", priority: .high, failFast: false))
        let running = try await store.claim(1, for: worker, at: then)
        _ = try await add(JobSubmission(type: "work", runAfter: then.advanced(by: .seconds(60)), parent: parent))
        for job in running {
            let completion = Completion(
                id: job.id, attempt: job.attempt, worker: worker, end: .success(output: [2]), startedAt: then,
                endedAt: then)
            _ = try await store.turn(finishing: [completion], claiming: nil, at: then)
        }
        let first = try await add(JobSubmission(type: "work", priority: .high, group: "g", key: .text("key")))
        _ = try await store.claim(1, for: worker, at: then)
        try await store.saveCheckpoint([3], of: first, attempt: 1)
        _ = try await add(JobSubmission(type: "work", dependencies: [.job(first)]))
        _ = try await add(
            JobSubmission(
                type: "work", payload: largePayload, payloadVersion: 2, tags: [QueueModel.Tag("kind", "large")],
                timeout: .seconds(60), expectedIO: IOAmount(diskRead: 1000)))
        _ = try await add(JobSubmission(type: "work", group: "held", expiresAt: then.advanced(by: .seconds(1_000_000))))
        try await store.pause(Pause(.group("held"), reason: "maintenance"), at: then)
        let nightly = RecurringJob(JobSubmission(type: "work"), .every(.seconds(86_400)))
        _ = try await store.register("nightly", nightly, first: then.advanced(by: .seconds(86_400)), at: then)
    }
}
