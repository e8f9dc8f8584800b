import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum RecoveryChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("L4 a recovery without dead workers changes nothing") { scene in
            let ids = try await scene.add(count: 2)
            try await scene.claimOnly(ids[0])
            let before = try await scene.dump()
            #expect(try await scene.store.recover(at: HostTime(t(5)), maximumCrashes: 3).isEmpty)
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck(
            "L4 the job of a dead worker is pending again, with its key and retries kept and a crash counted"
        ) {
            scene in
            let id = try await scene.add(.keyed("k", priority: .high))
            try await scene.run(id, .retry(at: t(2), .passing))
            try await scene.claimOnly(id, at: t(3))
            let changes = try await scene.crashed(at: t(3)).changes
            #expect(changes.map(\.id) == [id])
            #expect(changes.map(\.state) == [.pending])
            #expect(changes.map(\.type) == ["work"])
            let record = try await scene.record(id)
            #expect(record.state == .pending)
            #expect(record.crashes == 1)
            #expect(record.retries == 1)
            #expect(record.attempt == 2)
            #expect(record.priority == .high)
            #expect(try await scene.store.submit(.keyed("k", priority: .high), at: t(2000)) == .duplicate(of: id))
        },
        ConformanceCheck("E5 a crashed attempt is recorded as such, with its end") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id, at: t(1))
            _ = try await scene.store.recover(at: HostTime(t(2000)), maximumCrashes: 3)
            let attempts = try await scene.store.attempts(of: id)
            #expect(attempts.count == 1)
            #expect(attempts.first?.failure?.kind == .crashed)
            #expect(attempts.first?.endedAt == t(2000))
        },
        ConformanceCheck("L4 recovered jobs return to their places in the order") { scene in
            let ids = try await scene.add(count: 4)
            try await scene.claim(2)
            let next = try await scene.crashed(at: t(1)).scene
            #expect(try await next.claim(at: t(2000)).map(\.id) == ids)
        },
        ConformanceCheck("L4 a second recovery finds nothing more") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.recover(at: HostTime(t(2000)), maximumCrashes: 3)
            #expect(try await scene.store.recover(at: HostTime(t(2001)), maximumCrashes: 3).isEmpty)
            #expect(try await scene.record(id).crashes == 1)
        },
        ConformanceCheck("L4 recovery frees the slots of dead workers") { scene in
            try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            #expect(try await scene.claim(5, rules).count == 1)
            let next = try await scene.crashed(at: t(1)).scene
            #expect(try await next.claim(5, rules, at: t(2000)).count == 1)
        },
        ConformanceCheck("L4 a dead worker's job that was asked to stop ends as cancelled") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(2))
            let changes = try await scene.crashed(at: t(2)).changes
            #expect(changes.contains { $0.id == id && $0.state == .cancelled })
            try await scene.expect(id, is: .cancelled)
        },
        ConformanceCheck("L4 a job that crashed once runs beside others as before") { scene in
            let ids = try await scene.add(count: 3)
            try await scene.claim()
            let next = try await scene.crashed(at: t(1)).scene
            #expect(try await next.claim(at: t(2000)).map(\.id) == ids)
        },
        ConformanceCheck("L4 suspects run one at a time, in their order, and hold back no other job") { scene in
            let ids = try await scene.add(count: 3)
            var next = try await suspects(ids, in: scene)
            let innocent = try await next.add()
            let claimed = try await next.claim(at: t(5000))
            #expect(claimed.map(\.id) == [ids[0], innocent])
            #expect(try await next.claim(at: t(5001)).isEmpty, "one suspect at a time")
            let other = try await next.store.openWorker(lease: Scene.lease, at: HostTime(t(5001)))
            #expect(try await next.claim(by: other, at: t(5002)).isEmpty, "in the whole store")
            try await next.finish(claimed[0], at: t(5003))
            try await next.claimOnly(ids[1], at: t(5004))
            next.worker = other
            #expect(try await next.claim(at: t(5005)).isEmpty)
        },
        ConformanceCheck("L4 a suspect keeps its place by priority and id") { scene in
            let suspect = try await scene.add(priority: 10)
            let next = try await suspects([suspect], in: scene)
            let before = try await next.add(priority: 5)
            let after = try await next.add(priority: 10)
            #expect(try await next.claim(at: t(5000)).map(\.id) == [before, suspect, after])
        },
        ConformanceCheck("L4 a suspect that fails and is retried is still a suspect") { scene in
            let ids = try await scene.add(count: 2)
            let next = try await suspects(ids, in: scene)
            let first = try await next.claim(1, at: t(5000))
            try await next.finish(first[0], .retry(at: t(5001), .passing), at: t(5001))
            #expect(try await next.claim(at: t(5002)).map(\.id) == [ids[0]])
        },
        ConformanceCheck("L4 a suspect in a paused group holds back no other suspect") { scene in
            let paused = try await scene.add(group: "g")
            let free = try await scene.add()
            let next = try await suspects([paused, free], in: scene)
            try await next.store.pause(Pause(.group("g")), at: t(4999))
            #expect(try await next.claim(at: t(5000)).map(\.id) == [free])
        },
        ConformanceCheck("S5 a suspect can be raised to a more urgent priority") { scene in
            let first = try await scene.add()
            let second = try await scene.add(.keyed("k"))
            let next = try await suspects([first, second], in: scene)
            #expect(try await next.store.submit(.keyed("k", priority: .high), at: t(4999)) == .upgraded(second))
            #expect(try await next.claim(at: t(5000)).map(\.id) == [second])
        },
        ConformanceCheck("Q7 a suspect expires like any other job") { scene in
            let id = try await scene.add(JobSubmission(type: "work", expiresAt: t(4500)))
            let next = try await suspects([id], in: scene)
            let result = try await next.turn(claiming: 1, at: t(5000))
            #expect(result.claimed.isEmpty)
            try await next.expect(id, is: .expired)
        },
        ConformanceCheck("E6 a suspect is cancelled like any other job, and makes way for the next") { scene in
            let ids = try await scene.add(count: 2)
            let next = try await suspects(ids, in: scene)
            guard case .cancelled = try await next.store.cancel(ids[0], at: t(4999)) else {
                Issue.record("a suspect that does not run is cancelled at once")
                return
            }
            #expect(try await next.claim(at: t(5000)).map(\.id) == [ids[1]])
        },
        ConformanceCheck("L4 recovering a dead worker leaves a parent waiting for its children") { scene in
            let (parent, running, children) = try await scene.family(children: 1)
            try await scene.finish(running)
            try await scene.claimOnly(children[0], at: t(3))
            let (next, changes) = try await scene.crashed(at: t(3))
            #expect(changes.map(\.id) == children)
            try await next.expect(parent, is: .waiting)
            #expect(try await next.record(parent).crashes == 0)
            try await next.run(children[0], at: t(2000))
            try await next.run(parent, at: t(2001))
        },
        ConformanceCheck("L4 peek respects the isolation of suspects") { scene in
            let ids = try await scene.add(count: 2)
            let next = try await suspects(ids, in: scene)
            #expect(try await next.store.peek(.open, worker: next.worker, at: t(5000))?.id == ids[0])
            try await next.claimOnly(ids[0], at: t(5000))
            #expect(try await next.store.peek(.open, worker: next.worker, at: t(5001)) == nil)
        },
        ConformanceCheck(
            "L4 a suspect that crashes alone as often as allowed is dead-lettered, and other jobs are spared"
        ) {
            scene in
            let killer = try await scene.add(.keyed("killer"))
            let neighbour = try await scene.add()
            var next = try await suspects([killer, neighbour], in: scene, maximumCrashes: 2)
            var now = t(10_000)
            for crash in 1...2 {
                try await next.claimOnly(killer, at: now)
                let after = try await next.crashed(at: now, maximumCrashes: 2)
                let ended = after.changes.contains { $0.id == killer && $0.state == .deadLettered }
                #expect(ended == (crash == 2), "after crash \(crash) alone: \(after.changes)")
                next = after.scene
                now = now.advanced(by: .seconds(5000))
            }
            let record = try await next.record(killer)
            #expect(record.state == .deadLettered)
            #expect(record.failure?.kind == .crashed)
            #expect(record.crashes == 4)
            #expect(record.finishedAt != nil)
            try await next.run(neighbour, at: now)
            #expect(try await next.store.submit(.keyed("killer"), at: now).isNew, "its key is free")
        },
        ConformanceCheck("D11 the dependents of a dead-lettered suspect fail") { scene in
            let killer = try await scene.add()
            let dependent = try await scene.add(.after(killer))
            let next = try await suspects([killer], in: scene, maximumCrashes: 1)
            try await next.claimOnly(killer, at: t(5000))
            let changes = try await next.crashed(at: t(5000), maximumCrashes: 1).changes
            #expect(changes.contains { $0.id == dependent && $0.state == .dependencyFailed && $0.cause == killer })
            try await scene.expect(dependent, is: .dependencyFailed)
        },
        ConformanceCheck("L4 when the host went down no job is blamed", requires: .hostFailure) { scene in
            let id = try await scene.add()
            for round in 1...4 {
                var next = scene
                next.worker = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(Int64(round * 10))))
                try await next.claimOnly(id, at: t(Int64(round * 10)))
                try await scene.factory.loseHost(of: next.worker, in: scene.store)
                let changes = try await scene.store.recover(at: HostTime(t(Int64(round * 10 + 1))), maximumCrashes: 1)
                #expect(changes.map(\.id) == [id])
                #expect(changes.map(\.state) == [.pending])
            }
            #expect(try await scene.record(id).crashes == 0)
            #expect(try await scene.store.attempts(of: id).count == 4)
        },
        ConformanceCheck("L4 suspects are remembered after the store is reopened", requires: .persistent) { scene in
            let ids = try await scene.add(count: 2)
            let next = try await suspects(ids, in: scene).reopened()
            #expect(try await next.claim(at: t(5000)).map(\.id) == [ids[0]])
        },
        ConformanceCheck(
            "L4 jobs that ran when the store was closed can be recovered after it is reopened", requires: .persistent
        ) {
            scene in
            let id = try await scene.add()
            let lost = try await scene.claimOnly(id)
            let after = try await scene.reopened()
            let next = try await after.crashed(at: t(1)).scene
            #expect(try await next.finish(lost, at: t(2000)) == .stale)
            try await next.run(id, at: t(2001))
        },
        ConformanceCheck("L4 a checkpoint survives a crash") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            try await scene.store.saveCheckpoint([1, 2, 3], of: id, attempt: 1)
            let next = try await scene.crashed(at: t(1)).scene
            #expect(try await next.claimOnly(id, at: t(2000)).checkpoint == [1, 2, 3])
        },
    ]

    /// Makes jobs suspects by letting all of them run in two crashes.
    private static func suspects(
        _ ids: [JobID], in scene: Scene, maximumCrashes: Int = 3
    ) async throws -> Scene {
        var scene = scene
        for now in [t(1), t(2000)] {
            let claimed = try await scene.claim(at: now).map(\.id)
            try #require(claimed == ids, "all run together: \(claimed)")
            scene = try await scene.crashed(at: now, maximumCrashes: maximumCrashes).scene
        }
        for id in ids { try #require(try await scene.record(id).crashes == 2) }
        return scene
    }
}
