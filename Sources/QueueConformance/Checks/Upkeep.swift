import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum UpkeepChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q6 an ended job is deleted with all its data") { scene in
            let id = try await scene.add(
                JobSubmission(type: "work", payload: Array(repeating: 1, count: 5000), tags: [Tag("a", "b")]))
            try await scene.run(id, .retry(at: t(2), .passing))
            try await scene.run(id, at: t(3))
            #expect(try await scene.store.deleteEnded(id))
            #expect(try await scene.store.job(id) == nil)
            #expect(try await scene.store.attempts(of: id).isEmpty)
            #expect(try await scene.store.count(JobQuery(tags: [Tag("a", "b")])) == 0)
            #expect(try await scene.store.counts() == StateCounts())
            #expect(try await scene.store.deleteEnded(id) == false, "there is none of the id any more")
        },
        ConformanceCheck("Q6 an active job is not deleted") { scene in
            let pending = try await scene.add()
            let blocked = try await scene.add(.after(pending))
            try await scene.refused(.notPossibleNow) { _ = try await scene.store.deleteEnded(pending) }
            try await scene.refused(.notPossibleNow) { _ = try await scene.store.deleteEnded(blocked) }
            try await scene.claimOnly(pending)
            try await scene.refused(.notPossibleNow) { _ = try await scene.store.deleteEnded(pending) }
        },
        ConformanceCheck("Q6 deleting a job that never existed reports so") { (scene) async throws in
            #expect(try await scene.store.deleteEnded(JobID(4)) == false)
        },
        ConformanceCheck("Q6 pruning by count keeps the jobs that ended last") { scene in
            let ids = try await scene.add(count: 5)
            let running = try await scene.claim()
            // The order of ends, not of ids, decides which is oldest.
            for (index, place) in [2, 0, 4, 1, 3].enumerated() {
                try await scene.finish(running[place], at: t(Int64(10 + index)))
            }
            let policy = RetentionPolicy(maximumCount: 2)
            #expect(try await scene.store.prune(policy, limit: 100, at: t(20)) == 3)
            #expect(try await left(in: scene) == [ids[1], ids[3]])
            #expect(try await scene.store.prune(policy, limit: 100, at: t(20)) == 0)
        },
        ConformanceCheck("Q6 pruning by age keeps the jobs that ended within it") { scene in
            let ids = try await scene.add(count: 3)
            for (index, record) in try await scene.claim().enumerated() {
                try await scene.finish(record, at: t(Int64(100 * (index + 1))))
            }
            let policy = RetentionPolicy(maximumCount: nil, maximumAge: .seconds(150))
            #expect(try await scene.store.prune(policy, limit: 100, at: t(250)) == 0, "not longer ago than that")
            #expect(try await scene.store.prune(policy, limit: 100, at: t(300)) == 1)
            #expect(try await left(in: scene) == Array(ids[1...]))
            #expect(try await scene.store.prune(policy, limit: 100, at: t(351)) == 1)
            #expect(try await left(in: scene) == [ids[2]])
        },
        ConformanceCheck("Q6 pruning deletes no more jobs than its limit, the oldest first") { scene in
            let ids = try await scene.add(count: 6)
            for (index, record) in try await scene.claim().enumerated() {
                try await scene.finish(record, at: t(Int64(10 + index)))
            }
            let policy = RetentionPolicy(maximumCount: 1)
            #expect(try await scene.store.prune(policy, limit: 0, at: t(20)) == 0)
            #expect(try await scene.store.prune(policy, limit: 2, at: t(20)) == 2)
            #expect(try await left(in: scene) == Array(ids[2...]))
            #expect(try await scene.store.prune(policy, limit: 2, at: t(20)) == 2)
            #expect(try await scene.store.prune(policy, limit: 2, at: t(20)) == 1)
            #expect(try await left(in: scene) == [ids[5]])
        },
        ConformanceCheck("Q6 a policy without bounds prunes nothing") { scene in
            _ = try await scene.ended(.completed)
            let policy = RetentionPolicy(maximumCount: nil, maximumAge: nil, keepsDeadLetters: false)
            #expect(try await scene.store.prune(policy, limit: 100, at: .distantFuture) == 0)
        },
        ConformanceCheck("Q6 dead letters are kept for a person, unless the policy says otherwise") { scene in
            let dead = try await scene.ended(.deadLettered)
            let done = try await scene.ended(.completed)
            var policy = RetentionPolicy(maximumCount: 0, maximumAge: .seconds(1))
            #expect(try await scene.store.prune(policy, limit: 100, at: t(1000)) == 1)
            #expect(try await left(in: scene) == [dead])
            #expect(try await scene.store.job(done) == nil)
            policy.keepsDeadLetters = false
            #expect(try await scene.store.prune(policy, limit: 100, at: t(1000)) == 1)
            #expect(try await left(in: scene).isEmpty)
        },
        ConformanceCheck("Q6 active jobs are never pruned") { scene in
            let ids = try await scene.add(count: 3)
            try await scene.claimOnly(ids[0])
            try await scene.add(.after(ids[1]))
            #expect(try await scene.store.prune(RetentionPolicy(maximumCount: 0), limit: 100, at: t(1000)) == 0)
            #expect(try await scene.store.counts().active == 4)
        },
        ConformanceCheck("Q6 a job on which an active job depends is kept until that has ended") { scene in
            let first = try await scene.add()
            let open = try await scene.add("other")
            let last = try await scene.add(.after(first, open))
            try await scene.run(first)
            let policy = RetentionPolicy(maximumCount: 0)
            #expect(try await scene.store.prune(policy, limit: 100, at: t(10)) == 0)
            #expect(try await scene.store.dependencies(of: last) == [first, open])
            _ = try await scene.store.cancel(last, at: t(11))
            #expect(try await scene.store.prune(policy, limit: 100, at: t(12)) == 2)
            #expect(try await left(in: scene) == [open])
        },
        ConformanceCheck("Q6 a child of an active parent is kept until that has ended") { scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.run(children[0])
            let policy = RetentionPolicy(maximumCount: 0)
            #expect(try await scene.store.prune(policy, limit: 100, at: t(10)) == 0)
            try await scene.finish(running, at: t(11))
            #expect(try await scene.store.prune(policy, limit: 100, at: t(12)) == 0)
            try await scene.run(children[1], at: t(13))
            try await scene.run(parent, at: t(14))
            #expect(try await scene.store.prune(policy, limit: 100, at: t(15)) == 3)
        },
        ConformanceCheck("Q6 jobs that are kept do not hide others that can be pruned") { scene in
            let needed = try await scene.add()
            let open = try await scene.add("other")
            try await scene.add(.after(needed, open, type: "third"))
            try await scene.run(needed)
            for _ in 0..<3 { _ = try await scene.ended(.completed) }
            #expect(try await scene.store.prune(RetentionPolicy(maximumCount: 0), limit: 2, at: t(10)) == 2)
            #expect(try await scene.store.prune(RetentionPolicy(maximumCount: 0), limit: 2, at: t(10)) == 1)
            try await scene.expect(needed, is: .completed)
        },
        ConformanceCheck("C11 a flush returns, and changes nothing") { scene in
            try await scene.add()
            let before = try await scene.dump()
            try await scene.store.flush()
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck("C11 many callers can flush concurrently") { scene in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await scene.add()
                        try await scene.store.flush()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await scene.store.counts()[.pending] == 20)
        },
        ConformanceCheck("I2 a store with jobs in every state reports no faults") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] { _ = try await scene.ended(state) }
            let (_, running, children) = try await scene.family(children: 1)
            try await scene.finish(running)
            try await scene.add(.after(children[0]))
            try await scene.claimOnly(children[0], at: t(3))
            try await scene.add(JobSubmission(type: "work", runAfter: t(100)))
            #expect(try await scene.store.check().isEmpty)
        },
        ConformanceCheck("Q8 a closed store refuses every call") { scene in
            let store = scene.store
            let id = try await scene.add()
            await store.close()
            await store.close()
            let calls: [(String, () async throws -> Void)] = [
                ("submit", { _ = try await store.submit(JobSubmission(type: "work"), at: t(1)) }),
                ("submit a batch", { _ = try await store.submit(contentsOf: [JobSubmission(type: "work")], at: t(1)) }),
                ("openWorker", { _ = try await store.openWorker(lease: .seconds(1), at: HostTime(t(1))) }),
                ("renewLease", { _ = try await store.renewLease(of: scene.worker, at: HostTime(t(1))) }),
                ("closeWorker", { try await store.closeWorker(scene.worker, at: t(1)) }),
                ("recover", { _ = try await store.recover(at: HostTime(t(1)), maximumCrashes: 3) }),
                ("turn", { try await scene.turn(claiming: 1) }),
                ("saveCheckpoint", { try await store.saveCheckpoint(nil, of: id, attempt: 1) }),
                ("cancel", { _ = try await store.cancel(id, at: t(1)) }),
                ("resubmit", { _ = try await store.resubmit(id, at: t(1)) }),
                ("apply", { _ = try await store.apply(.cancel, to: JobQuery(), from: nil, limit: 1, at: t(1)) }),
                ("pause", { try await store.pause(Pause(.queue), at: t(1)) }),
                ("resume", { _ = try await store.resume(.queue, reason: nil, at: t(1)) }),
                ("deleteEnded", { _ = try await store.deleteEnded(id) }), ("job", { _ = try await store.job(id) }),
                ("jobs", { _ = try await store.jobs(JobQuery()) }),
                ("count", { _ = try await store.count(JobQuery()) }),
                ("counts", { _ = try await store.counts() }),
                ("peek", { _ = try await store.peek(.open, worker: nil, at: t(1)) }),
                ("attempts", { _ = try await store.attempts(of: id) }),
                ("dependencies", { _ = try await store.dependencies(of: id) }),
                ("dependents", { _ = try await store.dependents(of: id) }),
                ("activeTypes", { _ = try await store.activeTypes() }),
                ("tagValues", { _ = try await store.tags(.values(of: "k", after: nil), limit: 1) }),
                ("tagKeys", { _ = try await store.tags(.keys(prefix: "k", after: nil), limit: 1) }),
                ("expire", { _ = try await store.expire(limit: 1, at: t(1)) }),
                ("snapshot", { _ = try await store.snapshot(of: .open, at: t(1)) }),
                ("pauses", { _ = try await store.pauses(at: t(1)) }),
                ("prune", { _ = try await store.prune(RetentionPolicy(), limit: 1, at: t(1)) }),
                ("flush", { try await store.flush() }), ("check", { _ = try await store.check() }),
            ]
            for (name, call) in calls {
                do {
                    try await call()
                    Issue.record("\(name) worked on a closed store")
                } catch let error as QueueError {
                    #expect(error.code == .closed, "\(name): \(error)")
                }
            }
        },
    ]

    /// Returns the ids of the jobs that are still stored.
    private static func left(in scene: Scene) async throws -> [JobID] {
        try await scene.store.jobs(JobQuery(order: .oldestFirst)).jobs.map(\.id)
    }
}
