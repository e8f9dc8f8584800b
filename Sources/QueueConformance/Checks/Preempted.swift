import QueueModel
import QueueStoreKit
import Testing

enum PreemptedChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D7 a preempted job keeps its key, and counts neither a retry nor a crash") {
            scene in
            let id = try await scene.add(.keyed("k"))
            #expect(try await setAside(id, in: scene) == .recorded(.preempted))
            let record = try await scene.record(id)
            #expect(record.state == .preempted)
            #expect(record.retries == 0)
            #expect(record.crashes == 0)
            #expect(record.attempt == 1)
            #expect(record.failure == nil)
            #expect(record.finishedAt == nil)
            #expect(try await scene.store.submit(.keyed("k"), at: t(3)) == .duplicate(of: id))
            #expect(try await scene.store.counts() == StateCounts([.preempted: 1]))
            #expect(try await scene.store.count(JobQuery(states: [.preempted])) == 1)
        },
        ConformanceCheck("E5 a preempted attempt is recorded as interrupted") { scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            let attempts = try await scene.store.attempts(of: id)
            #expect(attempts.map(\.failure) == [.preempted])
            #expect(attempts.map(\.endedAt) == [t(2)])
        },
        ConformanceCheck("D7 a preempted job resumes when no urgent job is left, in its place, as its next attempt") {
            scene in
            let ids = try await scene.add(count: 3)
            try await setAside(ids[0], in: scene)
            let claimed = try await scene.turn(claiming: 10, preemptsAt: .realtime, at: t(3)).claimed
            #expect(claimed.map(\.id) == ids)
            #expect(claimed.first?.attempt == 2)
        },
        ConformanceCheck("D7 a preempted job waits while an urgent job runs on any worker, and resumes when that ends")
        {
            scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let urgent = try await scene.add(priority: .realtime)
            let running = try await scene.claimOnly(urgent, by: other, at: t(3))
            try await scene.expect(id, is: .pending, "the other worker's claim did not preempt")
            try await scene.finish(scene.claimOnly(id, at: t(3)), .preempted(.preempted), at: t(3))
            #expect(try await scene.turn(claiming: 10, preemptsAt: .realtime, at: t(4)).claimed.isEmpty)
            try await scene.expect(id, is: .preempted)
            let result = try await scene.turn(
                finishing: [.of(running, at: t(5))], claiming: 10, preemptsAt: .realtime, at: t(5))
            #expect(result.claimed.map(\.id) == [id])
        },
        ConformanceCheck("D7 a preempted job waits while an urgent job is ready, even if a limit blocks that") {
            scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            let full = AdmissionRules.open.with { $0.groups["g"] = GroupRule(limit: 0) }
            let urgent = try await scene.add(priority: .realtime, group: "g")
            #expect(try await scene.turn(claiming: 10, full, preemptsAt: .realtime, at: t(3)).claimed.isEmpty)
            try await scene.expect(id, is: .preempted)
            _ = try await scene.store.cancel(urgent, at: t(4))
            let result = try await scene.turn(claiming: 10, full, preemptsAt: .realtime, at: t(5))
            #expect(result.claimed.map(\.id) == [id])
        },
        ConformanceCheck("D7 urgent jobs that are paused, or that the worker does not claim, keep no job preempted") {
            scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            try await scene.store.pause(Pause(.group("g")), at: t(2))
            try await scene.add(priority: .realtime, group: "g")
            try await scene.add("unknown", priority: .realtime)
            let rules = AdmissionRules.of("work")
            let result = try await scene.turn(claiming: 10, rules, preemptsAt: .realtime, at: t(3))
            #expect(result.claimed.map(\.id) == [id])
        },
        ConformanceCheck("D7 urgent jobs that are not due, or blocked, keep no job preempted") { scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            let later = try await scene.add(JobSubmission(type: "work", priority: .realtime, runAfter: t(99)))
            var blocked = JobSubmission.after(later)
            blocked.priority = .realtime
            try await scene.add(blocked)
            #expect(try await scene.turn(claiming: 10, preemptsAt: .realtime, at: t(3)).claimed.map(\.id) == [id])
        },
        ConformanceCheck("D7 a claim without a preempt priority resumes all preempted jobs") { scene in
            try await scene.add(count: 2)
            for record in try await scene.claim(2) { try await scene.finish(record, .preempted(.preempted)) }
            try await scene.add(priority: .realtime)
            #expect(try await scene.turn(claiming: 10, at: t(3)).claimed.map(\.id.rawValue) == [3, 1, 2])
        },
        ConformanceCheck("D7 a turn without a claim resumes no preempted job") { scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            try await scene.turn(at: t(3))
            try await scene.expect(id, is: .preempted)
            #expect(try await scene.store.peek(.open, worker: scene.worker, at: t(3)) == nil)
        },
        ConformanceCheck("D7 a preempted job takes no slot") { scene in
            let ids = try await scene.add(count: 2, JobSubmission(type: "m.a", group: "g"))
            let rules = AdmissionRules.domains(DomainRule(name: "m", limit: 1)).with {
                $0.groups["g"] = GroupRule(limit: 1)
            }
            let running = try await scene.claimOnly(ids[0], rules)
            let urgent = try await scene.add("m.b", priority: .realtime, group: "g")
            let result = try await scene.turn(
                finishing: [.of(running, .preempted(.preempted))], claiming: 5, rules, preemptsAt: .realtime, at: t(2))
            #expect(result.claimed.map(\.id) == [urgent])
        },
        ConformanceCheck("E6 a job that was asked to stop ends as cancelled when it is preempted") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(2))
            #expect(try await scene.finish(running, .preempted(.preempted), at: t(3)) == .recorded(.cancelled))
        },
        ConformanceCheck("D12 a job whose child has failed fails when it is preempted") { scene in
            let parent = try await scene.add()
            let running = try await scene.claimOnly(parent)
            let child = try await scene.add(.child(of: parent, type: "other"))
            try await scene.run(child, .failure(.permanent))
            #expect(try await scene.finish(running, .preempted(.preempted), at: t(3)) == .recorded(.failed))
        },
        ConformanceCheck("D12 a child that fails while its parent is preempted fails it immediately") { scene in
            let parent = try await scene.add()
            let running = try await scene.claimOnly(parent)
            let child = try await scene.add(.child(of: parent, type: "other"))
            let other = try await scene.claimOnly(child)
            try await scene.finish(running, .preempted(.preempted))
            try await scene.finish(other, .failure(.permanent))
            try await scene.expect(parent, is: .failed)
        },
        ConformanceCheck("E6 a preempted job can be cancelled together with its dependents") { scene in
            let id = try await scene.add()
            let dependent = try await scene.add(.after(id))
            try await setAside(id, in: scene)
            guard case .cancelled = try await scene.store.cancel(id, at: t(3)) else {
                Issue.record("what does not run is cancelled at once")
                return
            }
            try await scene.expect(id, is: .cancelled)
            try await scene.expect(dependent, is: .dependencyFailed)
            #expect(try await scene.claim(at: t(4)).isEmpty)
        },
        ConformanceCheck("Q7 a job that has expired while it was preempted ends so when it would resume") { scene in
            let id = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)))
            try await setAside(id, in: scene)
            let result = try await scene.turn(claiming: 10, at: t(10))
            #expect(result.claimed.isEmpty)
            #expect(result.changes.contains { $0.id == id && $0.state == .expired })
        },
        ConformanceCheck("S5 a preempted job can be raised and superseded") { scene in
            let id = try await scene.add(.keyed("k"))
            try await setAside(id, in: scene)
            #expect(try await scene.store.submit(.keyed("k", priority: .high), at: t(3)) == .upgraded(id))
            try await scene.expect(id, is: .preempted)
            let outcome = try await scene.store.submit(.keyed("k", priority: .high, .supersede), at: t(4))
            #expect(outcome.isNew)
            try await scene.expect(id, is: .superseded)
        },
        ConformanceCheck("L3 a completion of an attempt that was preempted already is stale") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            try await scene.finish(running, .preempted(.preempted))
            #expect(try await scene.finish(running, at: t(3)) == .stale)
            try await scene.expect(id, is: .preempted)
        },
        ConformanceCheck("L3 a checkpoint is kept across preemption") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            try await scene.store.saveCheckpoint([1, 2], of: id, attempt: 1)
            try await scene.finish(running, .preempted(.preempted))
            #expect(try await scene.claimOnly(id, at: t(3)).checkpoint == [1, 2])
        },
        ConformanceCheck("D7 a job can be preempted repeatedly") { scene in
            let id = try await scene.add()
            for round in 1...5 {
                #expect(try await setAside(id, in: scene, at: t(Int64(round))) == .recorded(.preempted))
            }
            #expect(try await scene.record(id).attempt == 5)
            #expect(try await scene.store.attempts(of: id).count == 5)
            try await scene.run(id, at: t(9))
        },
        ConformanceCheck("D7 preempted jobs are kept when the store is reopened", requires: .persistent) { scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            try await scene.add(priority: .realtime, group: "g")
            let full = AdmissionRules.open.with { $0.groups["g"] = GroupRule(limit: 0) }
            let after = try await scene.reopened()
            try await after.expect(id, is: .preempted)
            #expect(try await after.turn(claiming: 10, full, preemptsAt: .realtime, at: t(3)).claimed.isEmpty)
            #expect(try await after.turn(claiming: 10, full, at: t(4)).claimed.map(\.id) == [id])
        },
        ConformanceCheck("L4 a preempted job is kept when its worker dies, and counts no crash") { scene in
            let id = try await scene.add()
            try await setAside(id, in: scene)
            let (next, changes) = try await scene.crashed(at: t(3))
            #expect(changes.isEmpty)
            try await next.run(id, at: t(2000))
            #expect(try await next.record(id).crashes == 0)
        },
        ConformanceCheck("S9 resuming preempted jobs signals work, also to other workers") { scene in
            let id = try await scene.add(priority: 77)
            try await setAside(id, in: scene)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            try await scene.turn(claiming: 0, at: t(3))
            observation.cancel()
            #expect(log.work.map { $0 <= 77 } ?? false)
        },
    ]

    /// Claims the next job, which must be the given one, and preempts it.
    @discardableResult
    private static func setAside(_ id: JobID, in scene: Scene, at now: Timestamp = t(2)) async throws
        -> CompletionOutcome
    {
        let claimed = try await scene.turn(claiming: 1, .open, at: now).claimed
        try #require(claimed.map(\.id) == [id])
        return try await scene.finish(claimed[0], .preempted(.preempted), at: now)
    }
}
