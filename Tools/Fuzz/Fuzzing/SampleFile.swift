import QueueBackoff
public import QueueModel
import QueueStorage
import QueueStoreKit

/// A queue's file that is changed to see what comes of it.
public enum SampleFile: String, Hashable, Sendable, CaseIterable {
    /// The repository's file of the present schema version, byte for byte.
    case fixture
    /// A file with all that a queue stores, made by this release.
    case made
    /// The same while it is open: its last changes stand in the log beside it.
    case live
}

/// The bytes of the samples.
public struct Samples: Sendable {
    /// The main file and the log of each.
    let files: [SampleFile: (file: [UInt8], log: [UInt8])]

    /// Makes the samples in a directory, which has to be there, and takes them away again.
    ///
    /// - Parameters:
    ///   - fixture: The path of the file in the repository.
    ///   - directory: Where there is room.
    public init(fixture: String, in directory: String) async throws(QueueError) {
        let path = "\(directory)/sample.db"
        var files: [SampleFile: (file: [UInt8], log: [UInt8])] = [:]
        guard let bytes = Disk.read(fixture) else { throw QueueError(.io, "the fixture can't be read") }
        files[.fixture] = (bytes, [])
        let store = try await SQLiteJobStore(at: .file(path))
        try await Self.fill(store)
        try await store.flush()
        files[.live] = (Disk.read(path) ?? [], Disk.read("\(path)-wal") ?? [])
        await store.close()
        files[.made] = (Disk.read(path) ?? [], [])
        Disk.removeQueue(path)
        self.files = files
    }

    /// The secret that no error and no log may reveal.
    static let secret = "SECRET-PAYLOAD"

    private static let payload = Array("\"\(secret)\"".utf8)
    private static let now = Timestamp.sample

    /// Adds jobs in every state, with their related rows.
    private static func fill(_ store: SQLiteJobStore) async throws(QueueError) {
        let worker = try await store.openWorker(lease: .seconds(1000), at: HostTime(now))
        try await addEndedJobs(to: store, worker)
        let parent = try await addFamily(to: store, worker)
        try await addWaitingJobs(to: store, worker, dependency: parent)
        try await store.pause(Pause(.group("held"), reason: "maintenance"), at: now)
        try await store.pause(Pause(.domain("n"), reason: "a", until: now.advanced(by: .seconds(9))), at: now)
        try await store.pause(Pause(.queue, reason: "b"), at: now)
        _ = try await store.resume(.queue, reason: nil, at: now.advanced(by: .seconds(2)))
        let nightly = RecurringJob(
            JobSubmission(type: "work", payload: payload, key: .text("n"), retry: .default), .every(.seconds(86_400)))
        _ = try await store.register("nightly", nightly, first: now.advanced(by: .seconds(86_400)), at: now)
        _ = try await store.fire([], at: now)
    }

    /// Adds a job for each way in which an attempt can end.
    private static func addEndedJobs(to store: SQLiteJobStore, _ worker: WorkerID) async throws(QueueError) {
        let failure = JobFailure(.retryable, "the other side did not answer")
        let ends: [Completion.End] = [
            .success(output: payload), .failure(failure), .deadLetter(failure), .cancelled(failure),
            .retry(at: now.advanced(by: .seconds(60)), failure), .snooze(until: now.advanced(by: .seconds(5))),
        ]
        for number in ends.indices {
            let job = JobSubmission(
                type: "work", payload: payload, priority: .high, label: "ended", tags: [Tag("user", "\(number)")],
                retry: .default)
            _ = try await store.submit(job, at: now)
        }
        let request = ClaimRequest(worker: worker, limit: ends.count, rules: .hostile)
        let claimed = try await store.turn(finishing: [], claiming: request, at: now).claimed
        let completions = zip(claimed, ends).map { job, end in
            Completion(
                id: job.id, attempt: job.attempt, worker: worker, end: end, startedAt: now,
                endedAt: now.advanced(by: .seconds(1)), io: IOAmount(diskRead: 5))
        }
        _ = try await store.turn(finishing: completions, claiming: nil, at: now.advanced(by: .seconds(1)))
    }

    /// Adds a parent that has completed, with its children, and returns its id.
    private static func addFamily(to store: SQLiteJobStore, _ worker: WorkerID) async throws(QueueError) -> JobID {
        let parent = try await store.submit(
            JobSubmission(type: "m.parent", priority: .realtime, key: .text("parent"), failFast: false), at: now
        ).id
        let request = ClaimRequest(worker: worker, limit: 1, rules: .hostile)
        for job in try await store.turn(finishing: [], claiming: request, at: now).claimed {
            _ = try await store.submit(
                contentsOf: (0..<3).map { JobSubmission(type: "m.child", tags: [Tag("n", "\($0)")], parent: parent) },
                at: now)
            try await store.saveCheckpoint(payload, of: job.id, attempt: job.attempt)
            let end = Completion(
                id: job.id, attempt: job.attempt, worker: worker, end: .success(output: payload), startedAt: now,
                endedAt: now)
            _ = try await store.turn(finishing: [end], claiming: nil, at: now)
        }
        return parent
    }

    /// Adds jobs that wait, and lets one of them run.
    private static func addWaitingJobs(
        to store: SQLiteJobStore, _ worker: WorkerID, dependency: JobID
    ) async throws(QueueError) {
        let batch = [
            JobSubmission(type: "work", payload: payload, group: "g", key: .payload(payload)),
            JobSubmission(type: "work", payload: payload + [UInt8](repeating: 65, count: 5000), payloadVersion: 2),
            JobSubmission(
                type: "work", group: "held", expiresAt: now.advanced(by: .seconds(1000)),
                dependencies: [.submission(0), .job(dependency)], dependencyPolicy: .ignore),
            JobSubmission(
                type: "n.late", runAfter: now.advanced(by: .seconds(3)), timeout: .seconds(60),
                expectedIO: IOAmount(diskRead: 1000)),
        ]
        _ = try await store.submit(contentsOf: batch, at: now)
        let request = ClaimRequest(worker: worker, limit: 1, rules: .hostile)
        _ = try await store.turn(finishing: [], claiming: request, at: now)
    }
}
