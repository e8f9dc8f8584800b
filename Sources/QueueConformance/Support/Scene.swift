import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// Returns the instant a number of seconds after the fixed start of all checks.
func t(_ seconds: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1000)
}

/// Returns the instant a number of milliseconds after the fixed start of all checks.
func ms(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: t(0).milliseconds + milliseconds)
}

/// A store under test with a worker, and the operations in which checks are written.
struct Scene: Sendable {
    /// The duration of a worker's lease: a thousand seconds, longer than any check that is not about leases.
    static let lease = Duration.seconds(1000)

    var store: any JobStore
    var worker: WorkerID
    let factory: any StoreFactory

    /// Returns the same scene with the store closed and opened again.
    func reopened() async throws -> Scene {
        var scene = self
        scene.store = try await factory.reopen(store)
        return scene
    }

    // MARK: Submitting

    /// Submits a job, and requires that it is new.
    @discardableResult
    func add(_ submission: JobSubmission, at now: Timestamp = t(0)) async throws -> JobID {
        let outcome = try await store.submit(submission, at: now)
        try #require(outcome.isNew, "the submission made no new job: \(outcome)")
        return outcome.id
    }

    /// Submits a plain job.
    @discardableResult
    func add(
        _ type: JobType = "work", priority: Priority = .normal, group: String? = nil, at now: Timestamp = t(0)
    ) async throws -> JobID {
        try await add(JobSubmission(type: type, priority: priority, group: group), at: now)
    }

    /// Submits a number of plain jobs, one by one.
    @discardableResult
    func add(count: Int, _ submission: JobSubmission = JobSubmission(type: "work")) async throws -> [JobID] {
        var ids: [JobID] = []
        for _ in 0..<count { ids.append(try await add(submission)) }
        return ids
    }

    // MARK: Working

    /// Performs a turn.
    @discardableResult
    func turn(
        finishing completions: [Completion] = [], claiming limit: Int? = nil, by other: WorkerID? = nil,
        _ rules: AdmissionRules = .open, preemptsAt: Priority? = nil, at now: Timestamp = t(1)
    ) async throws -> TurnResult {
        let request = limit.map {
            ClaimRequest(worker: other ?? worker, limit: $0, rules: rules, preemptsAt: preemptsAt)
        }
        return try await store.turn(finishing: completions, claiming: request, at: now)
    }

    /// Claims jobs and returns their records.
    @discardableResult
    func claim(
        _ limit: Int = 100, by other: WorkerID? = nil, _ rules: AdmissionRules = .open, at now: Timestamp = t(1)
    ) async throws -> [JobRecord] {
        try await turn(claiming: limit, by: other, rules, at: now).claimed
    }

    /// Claims a job, and requires that it is the given one.
    @discardableResult
    func claimOnly(
        _ id: JobID, by other: WorkerID? = nil, _ rules: AdmissionRules = .open, at now: Timestamp = t(1)
    ) async throws -> JobRecord {
        let claimed = try await claim(1, by: other, rules, at: now)
        try #require(claimed.map(\.id) == [id], "the claim should have taken \(id), it took \(claimed.map(\.id))")
        return claimed[0]
    }

    /// Finishes a claimed job and returns the outcome.
    @discardableResult
    func finish(
        _ record: JobRecord, _ end: Completion.End = .success(output: nil), at now: Timestamp = t(2)
    ) async throws -> CompletionOutcome {
        let result = try await turn(finishing: [.of(record, end, at: now)], at: now)
        try #require(result.outcomes.count == 1, "one completion has one outcome, not \(result.outcomes.count)")
        return result.outcomes[0]
    }

    /// Claims the next job, which must be the given one, and finishes it.
    @discardableResult
    func run(
        _ id: JobID, _ end: Completion.End = .success(output: nil), at now: Timestamp = t(2)
    ) async throws -> CompletionOutcome {
        try await finish(claimOnly(id, at: now), end, at: now)
    }

    /// Submits a job and ends it in a state.
    func ended(_ state: JobState, _ submission: JobSubmission = JobSubmission(type: "ended")) async throws -> JobID {
        let id = try await add(submission)
        switch state {
        case .cancelled:
            _ = try await store.cancel(id, at: t(0))
        default:
            let record = try await claimOnly(id, .of("ended"), at: t(0))
            let end: Completion.End =
                switch state {
                case .failed: .failure(.permanent)
                case .deadLettered: .deadLetter(.passing)
                default: .success(output: nil)
                }
            try await finish(record, end, at: t(0))
        }
        try await expect(id, is: state)
        return id
    }

    /// Lets the worker die: its lease expires, its jobs are recovered, and a new worker replaces it.
    func crashed(at now: Timestamp, maximumCrashes: Int = 3) async throws -> (scene: Scene, changes: [JobChange]) {
        var scene = self
        let later = now.advanced(by: Self.lease + .seconds(1))
        scene.worker = try await store.openWorker(lease: Self.lease, at: HostTime(later))
        let changes = try await store.recover(at: HostTime(later), maximumCrashes: maximumCrashes)
        return (scene, changes)
    }

    // MARK: Looking

    /// Explains why a job does not run on the scene's worker.
    func explain(
        _ id: JobID, _ rules: AdmissionRules = .open, at now: Timestamp = t(1)
    ) async throws -> JobExplanation {
        try #require(try await store.explain(id, rules, worker: worker, at: now), "\(id) is not in the store")
    }

    /// Returns the job with an id, which must be stored.
    func record(_ id: JobID) async throws -> JobRecord {
        try #require(try await store.job(id), "\(id) is not in the store")
    }

    /// Expects a job to be in a state.
    func expect(
        _ id: JobID, is state: JobState, _ why: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let record = try await record(id)
        #expect(
            record.state == state, "\(id) is \(record.state), not \(state). \(why)", sourceLocation: sourceLocation)
    }

    /// Expects a call to throw an error with a code, and to change nothing.
    @discardableResult
    func refused(
        _ code: QueueError.Code, at now: Timestamp = t(1), sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async throws -> QueueError? {
        let before = try await dump(at: now)
        var thrown: QueueError?
        do {
            try await body()
            Issue.record("the call should have thrown \(code)", sourceLocation: sourceLocation)
        } catch let error as QueueError {
            thrown = error
            #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        }
        let changes = try await dump(at: now).differences(from: before)
        #expect(changes.isEmpty, "a refused call changes nothing", sourceLocation: sourceLocation)
        return thrown
    }
}
