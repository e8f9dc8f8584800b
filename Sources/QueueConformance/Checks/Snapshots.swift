import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum SnapshotsChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q2 the snapshot of an empty store has only its workers") { scene in
            var snapshot = try await scene.store.snapshot(of: .open, at: t(1))
            #expect(snapshot.workers.map(\.id) == [scene.worker])
            snapshot.workers = []
            #expect(snapshot == StoreSnapshot())
        },
        ConformanceCheck("Q2 a snapshot counts every state, and active ones by type and group") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] { _ = try await scene.ended(state) }
            let parent = try await scene.add("work", group: "g")
            let running = try await scene.add("work", group: "h")
            let claimed = try await scene.claim(2)
            try #require(claimed.map(\.id) == [parent, running])
            try await scene.add(.child(of: parent, type: "other"))
            try await scene.finish(claimed[0])
            try await scene.add(.after(running, type: "third"))
            try await scene.add(JobSubmission(type: "work", group: "g", runAfter: t(100)))
            try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))

            let snapshot = try await scene.store.snapshot(of: .open, at: t(3))
            #expect(try await scene.store.counts() == snapshot.counts)
            #expect(
                snapshot.types == [
                    "work": StoreSnapshot.ActiveCounts(StateCounts([.pending: 3, .running: 1, .waiting: 1]), due: 2),
                    "other": StoreSnapshot.ActiveCounts(StateCounts([.pending: 1]), due: 1),
                    "third": StoreSnapshot.ActiveCounts(StateCounts([.blocked: 1])),
                ])
            #expect(
                snapshot.groups == [
                    "g": StoreSnapshot.ActiveCounts(StateCounts([.pending: 3, .waiting: 1]), due: 2),
                    "h": StoreSnapshot.ActiveCounts(StateCounts([.running: 1])),
                ])
            #expect(
                snapshot.withoutGroup == StoreSnapshot.ActiveCounts(StateCounts([.pending: 1, .blocked: 1]), due: 1))
        },
        ConformanceCheck("Q2 a snapshot no longer contains jobs that have ended") { scene in
            let id = try await scene.add("work", group: "g")
            let record = try await scene.claimOnly(id)
            #expect(try await scene.store.snapshot(of: .open, at: t(1)).groups["g"]?.running == 1)
            try await scene.finish(record)
            let snapshot = try await scene.store.snapshot(of: .open, at: t(2))
            #expect(
                snapshot.types.isEmpty && snapshot.groups.isEmpty
                    && snapshot.withoutGroup == StoreSnapshot.ActiveCounts())
            #expect(snapshot.counts == StateCounts([.completed: 1]))
        },
        ConformanceCheck("Q2 the oldest pending job is the first submitted of those that are due, in any lane") {
            scene in
            let later = try await scene.add(JobSubmission(type: "work", runAfter: t(10)), at: t(0))
            let idle = try await scene.add("other", priority: .idle, at: t(1))
            let urgent = try await scene.add("work", priority: .realtime, group: "g", at: t(2))
            #expect(try await oldest(in: scene, at: t(9)) == .init(id: idle, submittedAt: t(1)))
            #expect(try await oldest(in: scene, at: t(10)) == .init(id: later, submittedAt: t(0)))
            _ = try await scene.store.cancel(later, at: t(10))
            try await scene.claim(10, .of("other"), at: t(10))
            #expect(try await oldest(in: scene, at: t(11)) == .init(id: urgent, submittedAt: t(2)))
            try await scene.claim(10, at: t(12))
            #expect(try await oldest(in: scene, at: t(12)) == nil)
        },
        ConformanceCheck("Q2 a job that crashed its workers counts as due") { scene in
            let id = try await scene.add()
            var scene = scene
            for round in 0..<2 as Range<Int64> {
                let now = t(2000 * round)
                try await scene.claimOnly(id, at: now)
                scene = try await scene.crashed(at: now).scene
            }
            let snapshot = try await scene.store.snapshot(of: .open, at: t(9000))
            #expect(snapshot.types["work"] == StoreSnapshot.ActiveCounts(StateCounts([.pending: 1]), due: 1))
            #expect(snapshot.oldestPending?.id == id)
        },
        ConformanceCheck("Q2 rates are reported with the tokens that are left and the instant of the next one") {
            scene in
            try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            try await scene.add("other", group: "h")
            let limit = RateLimit.perSecond(1, burst: 2)
            let rules = AdmissionRules.open.with {
                $0.typeRates = ["work": TypeRate(bucket: "work", limit: limit)]
                $0.groups["g"] = GroupRule(rate: .perMinute(1, burst: 3))
                $0.otherGroups = GroupRule(rate: .perHour(1, burst: 5))
            }
            func standings(_ work: Int, _ g: Int, _ h: Int, next: Timestamp? = nil) -> [StoreSnapshot.RateStatus] {
                [
                    StoreSnapshot.RateStatus(owner: .type("work"), limit: limit, tokens: work, nextToken: next),
                    StoreSnapshot.RateStatus(
                        owner: .group("g"), limit: .perMinute(1, burst: 3), tokens: g, nextToken: nil),
                    StoreSnapshot.RateStatus(
                        owner: .group("h"), limit: .perHour(1, burst: 5), tokens: h, nextToken: nil),
                ]
            }
            #expect(try await rates(of: rules, in: scene, at: t(1)) == standings(2, 3, 5))
            #expect(try await scene.claim(10, rules, at: t(1)).count == 3)
            #expect(try await rates(of: rules, in: scene, at: t(1)) == standings(0, 1, 4, next: t(2)))
            #expect(try await rates(of: rules, in: scene, at: t(2)) == standings(1, 1, 4), "a look takes nothing")
            #expect(try await scene.store.snapshot(of: .open, at: t(2)).rates.isEmpty, "they are the rules' rates")
        },
        ConformanceCheck("Q2 pauses in force are reported, and expired ones are omitted") { scene in
            let brief = Pause(.group("g"), reason: "brief", until: t(5))
            let long = Pause(.queue, reason: "long", stopsRunning: true)
            try await scene.store.pause(brief, at: t(0))
            try await scene.store.pause(long, at: t(1))
            #expect(try await scene.store.snapshot(of: .open, at: t(4)).pauses == [brief, long])
            #expect(try await scene.store.snapshot(of: .open, at: t(5)).pauses == [long])
        },
        ConformanceCheck("Q2 schedules are reported in their current state, including paused ones") { scene in
            let job = RecurringJob(JobSubmission(type: "work", payload: [1]), .every(.seconds(10)))
            for name in ["b", "a"] as [ScheduleID] {
                _ = try await scene.store.register(name, job, first: t(10), at: t(0))
            }
            _ = try await scene.store.setPaused(true, schedule: "a", at: t(1))
            let snapshot = try await scene.store.snapshot(of: .open, at: t(2))
            #expect(snapshot.schedules.map(\.id) == ["a", "b"])
            #expect(try await scene.store.schedules() == snapshot.schedules)
            #expect(snapshot.schedules.map(\.isPaused) == [true, false])
        },
        ConformanceCheck("Q2 workers are reported with their leases and numbers of jobs until they leave") {
            scene in
            try await scene.add(count: 3)
            let other = try await scene.store.openWorker(lease: .seconds(60), at: HostTime(t(5)))
            try await scene.claim(2, by: other, at: t(6))
            try await scene.claim(1, at: t(6))
            _ = try await scene.store.renewLease(of: scene.worker, at: HostTime(t(7)))
            var workers = try await scene.store.snapshot(of: .open, at: t(8)).workers
            for place in workers.indices { workers[place].process = nil }
            #expect(
                workers == [
                    StoreSnapshot.WorkerStatus(
                        id: scene.worker, openedAt: t(0), renewedAt: t(7), lease: Scene.lease, running: 1),
                    StoreSnapshot.WorkerStatus(
                        id: other, openedAt: t(5), renewedAt: t(5), lease: .seconds(60), running: 2),
                ])
            #expect(workers.map(\.leaseEnd) == [t(7).advanced(by: Scene.lease), t(65)])
            try await scene.store.closeWorker(other, at: t(9))
            let snapshot = try await scene.store.snapshot(of: .open, at: t(10))
            #expect(snapshot.workers.map(\.id) == [scene.worker])
            #expect(
                snapshot.types["work"] == StoreSnapshot.ActiveCounts(StateCounts([.pending: 2, .running: 1]), due: 2))
        },
        ConformanceCheck("Q2 a snapshot changes nothing") { scene in
            try await scene.add(JobSubmission(type: "work", runAfter: t(5)))
            try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            try await scene.claim(1)
            let before = try await scene.dump(at: t(20))
            let snapshot = try await scene.store.snapshot(of: .open, at: t(20))
            #expect(try await scene.dump(at: t(20)).differences(from: before).isEmpty)
            #expect(try await scene.store.snapshot(of: .open, at: t(20)) == snapshot)
        },
    ]

    private static func oldest(in scene: Scene, at now: Timestamp) async throws -> StoreSnapshot.OldestPending? {
        try await scene.store.snapshot(of: .open, at: now).oldestPending
    }

    private static func rates(
        of rules: AdmissionRules, in scene: Scene, at now: Timestamp
    ) async throws -> [StoreSnapshot.RateStatus] {
        try await scene.store.snapshot(of: rules, at: now).rates
    }
}
