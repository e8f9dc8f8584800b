import QueueConformance
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// Makes stores with no faults, which have to be as good as what they wrap.
private struct FaultlessStoreFactory: StoreFactory {
    func makeStore() async throws -> any JobStore { FaultyStore(MemoryJobStore()) }
}

@Suite("The store that fails on purpose")
struct FaultyStoreTests {
    private let now = Timestamp(milliseconds: 0)
    private let locked = QueueError(.busy, "locked", isTransient: true)

    @Test("conforms as long as it has no faults", arguments: StoreConformance.checks)
    func conforms(_ check: ConformanceCheck) async throws {
        try await check.run(FaultlessStoreFactory())
    }

    @Test("a fault before a call leaves the store as it was, and the next call works")
    func before() async throws {
        let store = FaultyStore(MemoryJobStore(), faults: [Fault(.operation(.submit), call: 2, throwing: locked)])
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        let error = await #expect(throws: QueueError.self) {
            try await store.submit(JobSubmission(type: "work"), at: now)
        }
        #expect(error?.code == .busy)
        #expect(try await store.count(JobQuery()) == 1)
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        #expect(try await store.count(JobQuery()) == 2)
        #expect(store.calls(of: .submit) == 3)
    }

    @Test("a fault after a call has let it take effect")
    func after() async throws {
        let store = FaultyStore(MemoryJobStore(), faults: [Fault(.operation(.submit), .after, throwing: locked)])
        await #expect(throws: QueueError.self) { try await store.submit(JobSubmission(type: "work"), at: now) }
        #expect(try await store.count(JobQuery()) == 1)
    }

    @Test("a fault of a role counts the calls of all its operations")
    func role() async throws {
        let store = FaultyStore(MemoryJobStore())
        store.add(Fault(.role(.querying), calls: 2...3, throwing: locked))
        _ = try await store.counts()
        await #expect(throws: QueueError.self) { try await store.job(JobID(1)) }
        await #expect(throws: QueueError.self) { try await store.counts() }
        _ = try await store.counts()
        try await store.flush()
    }

    @Test("faults that are taken away do not happen")
    func removed() async throws {
        let store = FaultyStore(MemoryJobStore(), faults: [Fault(.any, calls: 1...100, throwing: locked)])
        await #expect(throws: QueueError.self) { try await store.flush() }
        store.removeFaults()
        try await store.flush()
    }

    @Test("every operation fails when it is told to", arguments: Fault.Operation.allCases)
    func every(_ operation: Fault.Operation) async throws {
        let store = FaultyStore(MemoryJobStore(), faults: [Fault(.operation(operation), throwing: locked)])
        await #expect(throws: QueueError.self) {
            switch operation {
            case .submit: _ = try await store.submit(JobSubmission(type: "work"), at: now)
            case .submitBatch: _ = try await store.submit(contentsOf: [], at: now)
            case .openWorker: _ = try await store.openWorker(lease: .seconds(1), at: HostTime(now))
            case .renewLease: _ = try await store.renewLease(of: WorkerID(rawValue: 1), at: HostTime(now))
            case .closeWorker: try await store.closeWorker(WorkerID(rawValue: 1), at: now)
            case .recover: _ = try await store.recover(at: HostTime(now), maximumCrashes: 3)
            case .turn: _ = try await store.turn(finishing: [], claiming: nil, at: now)
            case .saveCheckpoint: try await store.saveCheckpoint(nil, of: JobID(1), attempt: 1)
            case .cancel: _ = try await store.cancel(JobID(1), at: now)
            case .resubmit: _ = try await store.resubmit(JobID(1), at: now)
            case .apply: _ = try await store.apply(.cancel, to: JobQuery(), from: nil, limit: 1, at: now)
            case .pause: try await store.pause(Pause(.queue), at: now)
            case .resume: _ = try await store.resume(.queue, reason: nil, at: now)
            case .deleteEnded: _ = try await store.deleteEnded(JobID(1))
            case .job: _ = try await store.job(JobID(1))
            case .jobs: _ = try await store.jobs(JobQuery())
            case .ids: _ = try await store.ids(JobQuery())
            case .count: _ = try await store.count(JobQuery())
            case .counts: _ = try await store.counts()
            case .peek: _ = try await store.peek(AdmissionRules(types: [:], domains: []), worker: nil, at: now)
            case .explain:
                _ = try await store.explain(
                    JobID(1), AdmissionRules(types: [:], domains: []), worker: nil, at: now)
            case .attempts: _ = try await store.attempts(of: JobID(1))
            case .related: _ = try await store.related(to: JobID(1), by: .dependencies)
            case .activeTypes: _ = try await store.activeTypes()
            case .tags: _ = try await store.tags(.keys(prefix: "k", after: nil), limit: 1)
            case .statistics: _ = try await store.statistics(of: nil, at: now)
            case .resetStatistics: try await store.resetStatistics(of: nil)
            case .snapshot: _ = try await store.snapshot(of: AdmissionRules(types: [:], domains: []), at: now)
            case .pauses: _ = try await store.pauses(at: now)
            case .prune: _ = try await store.prune(RetentionPolicy(), limit: 1, at: now)
            case .expire: _ = try await store.expire(limit: 1, at: now)
            case .flush: try await store.flush()
            case .check: _ = try await store.check()
            case .register:
                let job = RecurringJob(JobSubmission(type: "work"), .every(.seconds(1)))
                _ = try await store.register("s", job, first: now, at: now)
            case .schedules: _ = try await store.schedules(named: "s")
            case .setPaused: _ = try await store.setPaused(true, schedule: "s", at: now)
            case .removeSchedule: _ = try await store.remove(schedule: "s", cancellingJob: false, at: now)
            case .agenda: _ = try await store.agenda(of: [], at: now)
            case .fire: _ = try await store.fire([], at: now)
            }
        }
        #expect(store.calls(of: operation) == 1)
    }
}
