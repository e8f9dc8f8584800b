import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Dumps of stores")
struct StoreDumpTests {
    private let now = Timestamp(milliseconds: 0)

    @Test("two stores with the same history have equal dumps")
    func equal() async throws {
        let dumps = [try await dump { _ in }, try await dump { _ in }]
        #expect(dumps[0] == dumps[1])
        #expect(dumps[0].differences(from: dumps[1]).isEmpty)
        #expect(dumps[0].jobs.map(\.record.id) == [JobID(1), JobID(2)])
        #expect(dumps[0].jobs.map(\.dependencies) == [[], [JobID(1)]])
        #expect(dumps[0].jobs.map(\.dependents) == [[JobID(2)], []])
    }

    @Test("a job too many, another record, another edge, hold, schedule and count are each told in a line")
    func differences() async throws {
        let now = now
        let plain = try await dump { _ in }
        let more = try await dump { _ = try await $0.submit(JobSubmission(type: "third"), at: now) }
        #expect(more.differences(from: plain) == ["#3 is only in the first"])
        #expect(plain.differences(from: more) == ["#3 is only in the second"])

        let held = try await dump { try await $0.pause(Pause(.queue), at: now) }
        #expect(held.differences(from: plain).count == 1)

        let scheduled = try await dump {
            let job = RecurringJob(JobSubmission(type: "third"), .every(.seconds(1)))
            _ = try await $0.register("s", job, first: now, at: now)
        }
        #expect(scheduled.differences(from: plain).count == 1)

        let claimed = try await dump {
            let worker = try await $0.openWorker(lease: .seconds(1), at: HostTime(now))
            let rules = AdmissionRules(types: ["first": 0], domains: [DomainRule(name: "")])
            _ = try await $0.turn(
                finishing: [], claiming: ClaimRequest(worker: worker, limit: 1, rules: rules), at: now)
        }
        let lines = claimed.differences(from: plain)
        #expect(lines.count == 3, "the record, the attempt and what was counted: \(lines)")
        #expect(lines.count { $0.hasPrefix("#1") } == 2)

        let loose = try await dump { _ = try await $0.submit(JobSubmission(type: "third"), at: now) }
        let tied = try await dump {
            let tie = JobSubmission(type: "third", dependencies: [.job(JobID(2))])
            _ = try await $0.submit(tie, at: now)
        }
        #expect(tied.differences(from: loose).count == 3, "state, dependencies of one, dependents of the other")
    }

    /// The dump of a store with two jobs, of which the second depends on the first, after one more change.
    private func dump(after change: (MemoryJobStore) async throws -> Void) async throws -> StoreDump {
        let store = MemoryJobStore()
        _ = try await store.submit(JobSubmission(type: "first"), at: now)
        _ = try await store.submit(JobSubmission(type: "second", dependencies: [.job(JobID(1))]), at: now)
        try await change(store)
        return try await StoreDump(of: store, at: now)
    }
}
