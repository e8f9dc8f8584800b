import QueueDispatch
import QueueModel
import QueueStoreKit

/// Pending jobs that all have one tag, and one of ten values of another key.
enum TaggedJobs {
    static let common = Tag("batch", "all")
    static let valued = "bucket"

    static func fill(_ subject: Subject, _ count: Int) async throws {
        try await subject.queue.submit(
            batch: (0..<count).map { index in
                let options = SubmitOptions(tags: [common, Tag(valued, "value-\(index % 10)")])
                return try subject.queue.submission(of: Blank(), options)
            })
    }
}

/// Jobs of five types that have ended in the order of their ids, a millisecond apart, a tenth of them failed.
enum EndedJobs {
    static let types = (0..<5).map { JobType("type-\($0)") }

    static func fill(_ subject: Subject, _ count: Int) async throws {
        let store = subject.store
        var clock = Timestamp(milliseconds: 1_700_000_000_000)
        try await _ = store.submit(
            contentsOf: (0..<count).map { JobSubmission(type: types[$0 % types.count]) }, at: clock)
        let worker = try await store.openWorker(lease: .seconds(60), at: HostTime(clock))
        let rules = AdmissionRules(
            types: Dictionary(uniqueKeysWithValues: types.map { ($0, 0) }), domains: [DomainRule(name: "")])
        let claimed = try await store.turn(
            finishing: [], claiming: ClaimRequest(worker: worker, limit: count, rules: rules), at: clock
        ).claimed
        let completions = claimed.enumerated().map { index, job in
            let start = clock
            clock = clock.advanced(by: .milliseconds(1))
            let failed = index / types.count % 10 == 0
            return Completion(
                id: job.id, attempt: job.attempt, worker: worker,
                end: failed ? .failure(JobFailure(.permanent, "failed")) : .success(output: nil), startedAt: start,
                endedAt: clock)
        }
        let outcomes = try await store.turn(finishing: completions, claiming: nil, at: clock).outcomes
        try Mismatch.check("jobs ended", expected: count, found: outcomes.count { $0 != .stale })
        try await store.closeWorker(worker, at: clock)
    }
}
