import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum ClaimingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("L1 a claimed job runs under its worker, with its attempt incremented and its start recorded")
        {
            scene in
            let id = try await scene.add()
            let claimed = try await scene.claimOnly(id, at: t(5))
            #expect(claimed.state == .running)
            #expect(claimed.attempt == 1)
            #expect(claimed.worker == scene.worker)
            #expect(claimed.startedAt == t(5))
            #expect(try await scene.record(id) == claimed, "what is stored is what was claimed")
        },
        ConformanceCheck("L3 a job is claimed by only one worker") { scene in
            try await scene.add(count: 3)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let mine = try await scene.claim(2).map(\.id)
            let theirs = try await scene.claim(by: other).map(\.id)
            #expect(mine.map(\.rawValue) == [1, 2])
            #expect(theirs.map(\.rawValue) == [3])
            #expect(try await scene.claim().isEmpty)
        },
        ConformanceCheck("L3 many workers that claim concurrently claim each job once") { scene in
            let ids = try await scene.add(count: 100)
            let claimed = try await withThrowingTaskGroup(of: [JobRecord].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let worker = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
                        return try await scene.claim(7, by: worker)
                    }
                }
                return try await group.reduce(into: [JobRecord]()) { $0 += $1 }
            }
            #expect(claimed.map(\.id).sorted() == ids, "every job once, and none twice")
        },
        ConformanceCheck("I3 workers that finish and claim concurrently complete every job once") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<200).map { JobSubmission(type: "work", group: "g\($0 % 3)") }, at: t(0))
            let done = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let worker = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
                        var done: [JobID] = []
                        var running: [JobRecord] = []
                        repeat {
                            let result = try await scene.turn(
                                finishing: running.map { .of($0) }, claiming: 3, by: worker)
                            #expect(result.outcomes.allSatisfy { $0 == .recorded(.completed) })
                            done += running.map(\.id)
                            running = result.claimed
                        } while !running.isEmpty
                        return done
                    }
                }
                return try await group.reduce(into: [JobID]()) { $0 += $1 }
            }
            #expect(done.count == 200)
            #expect(Set(done).count == 200)
            #expect(try await scene.store.counts() == StateCounts([.completed: 200]))
        },
        ConformanceCheck("S3 lower priority values are claimed first, and within a priority the first submitted") {
            scene in
            let normal = try await scene.add(priority: .normal)
            let idle = try await scene.add(priority: .idle)
            let realtime = try await scene.add(priority: .realtime)
            let normalToo = try await scene.add(priority: .normal)
            let nearNormal = try await scene.add(priority: 127)
            let background = try await scene.add(priority: .background)
            let high = try await scene.add(priority: .high)
            let order = try await scene.claim().map(\.id)
            #expect(order == [realtime, high, nearNormal, normal, normalToo, background, idle])
        },
        ConformanceCheck("S3 the order applies across types and groups") { scene in
            let ids = [
                try await scene.add("other", priority: 5, group: "b"), try await scene.add("work", priority: 4),
                try await scene.add("third", priority: 5, group: "a"),
                try await scene.add("work", priority: 5, group: "b"),
                try await scene.add("other", priority: 3, group: "c"), try await scene.add("third", priority: 5),
            ]
            let order = [4, 1, 0, 2, 3, 5].map { ids[$0] }
            #expect(try await scene.claim().map(\.id) == order)
        },
        ConformanceCheck("S3 the order is the same when jobs are claimed one at a time") { scene in
            for priority in [9, 3, 7, 3, 9, 1] as [Priority] { try await scene.add(priority: priority) }
            var order: [Int64] = []
            for _ in 0..<6 { order += try await scene.claim(1).map(\.id.rawValue) }
            #expect(order == [6, 2, 4, 3, 1, 5])
        },
        ConformanceCheck("S3 a more urgent job that is submitted later is claimed before those that wait") { scene in
            try await scene.add(count: 50)
            _ = try await scene.claim(1)
            let urgent = try await scene.add(priority: .high)
            try await scene.claimOnly(urgent)
            let less = try await scene.add(priority: .background)
            #expect(try await scene.claim(49).contains { $0.id == less } == false)
            try await scene.claimOnly(less)
        },
        ConformanceCheck("S3 priorities 0 and 255 behave like all others") { scene in
            let last = try await scene.add(priority: 255)
            let first = try await scene.add(priority: 0)
            #expect(try await scene.claim().map(\.id) == [first, last])
        },
        ConformanceCheck("D1 a claim takes no more jobs than its limit") { scene in
            let ids = try await scene.add(count: 5)
            #expect(try await scene.claim(2).map(\.id) == Array(ids[..<2]))
            #expect(try await scene.claim(0).isEmpty)
            #expect(try await scene.claim(2).map(\.id) == Array(ids[2..<4]))
            #expect(try await scene.claim(2).map(\.id) == [ids[4]])
        },
        ConformanceCheck("D1 a turn without a claim claims nothing") { scene in
            let id = try await scene.add()
            #expect(try await scene.turn().claimed.isEmpty)
            try await scene.expect(id, is: .pending)
        },
        ConformanceCheck("D1 an empty store returns no jobs") { scene in
            let result = try await scene.turn(claiming: 10)
            #expect(result.claimed.isEmpty)
            #expect(result.outcomes.isEmpty)
            #expect(result.changes.isEmpty)
            #expect(result.nextDue == nil)
        },
        ConformanceCheck("D1 types that the rules do not name are not claimed") { scene in
            let unknown = try await scene.add("unknown", priority: .realtime)
            let known = try await scene.add()
            #expect(try await scene.claim().map(\.id) == [known])
            try await scene.expect(unknown, is: .pending)
            try await scene.claimOnly(unknown, .of("unknown"))
        },
        ConformanceCheck("D1 rules without types claim nothing") { scene in
            try await scene.add()
            let rules = AdmissionRules(generation: .max, types: [:], domains: [])
            #expect(try await scene.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D1 rules of a new generation apply from the next claim") { scene in
            let first = try await scene.add("work")
            let second = try await scene.add("other")
            try await scene.claimOnly(second, .of("other"))
            try await scene.claimOnly(first, .of("work"))
        },
        ConformanceCheck("D9 jobs less urgent than the rules allow are not claimed") { scene in
            let background = try await scene.add(priority: .background)
            let edge = try await scene.add(priority: .normal)
            let rules = AdmissionRules.of("work", leastPriority: .normal)
            #expect(try await scene.claim(10, rules).map(\.id) == [edge])
            try await scene.claimOnly(background)
        },
        ConformanceCheck("D2 ten thousand blocked jobs hold back no other job") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<10_000).map { _ in JobSubmission(type: "work", priority: .realtime, group: "full") },
                at: t(0))
            let free = try await scene.add(priority: .idle, group: "free")
            let rules = AdmissionRules.of("work", groups: ["full": GroupRule(limit: 0)])
            #expect(try await scene.claim(5, rules).map(\.id) == [free])
        },
        ConformanceCheck("Q2 peek returns the job that the next claim takes first, and changes nothing") { scene in
            let ids = [
                try await scene.add(priority: 9), try await scene.add(priority: 3), try await scene.add(priority: 9),
            ]
            for expected in [ids[1], ids[0], ids[2]] {
                let before = try await scene.dump()
                let peeked = try await scene.store.peek(.open, worker: scene.worker, at: t(1))
                #expect(peeked?.id == expected)
                #expect(peeked?.state == .pending)
                #expect(try await scene.dump().differences(from: before).isEmpty)
                try await scene.claimOnly(expected)
            }
            #expect(try await scene.store.peek(.open, worker: scene.worker, at: t(1)) == nil)
        },
        ConformanceCheck("Q2 peek respects limits, pauses, earliest starts and expiry") { scene in
            try await scene.store.pause(Pause(.group("paused")), at: t(0))
            try await scene.add(priority: 1, group: "paused")
            try await scene.add(JobSubmission(type: "work", priority: 2, runAfter: t(50)))
            try await scene.add(JobSubmission(type: "work", priority: 3, expiresAt: t(1)))
            try await scene.add(priority: 4, group: "full")
            try await scene.add("unnamed", priority: 5)
            let free = try await scene.add(priority: 6)
            let rules = AdmissionRules.of("work", groups: ["full": GroupRule(limit: 0)])
            #expect(try await scene.store.peek(rules, worker: scene.worker, at: t(1))?.id == free)
            #expect(try await scene.store.peek(rules, worker: scene.worker, at: t(50))?.priority == 2)
        },
        ConformanceCheck("Q2 peek works without a worker") { scene in
            let id = try await scene.add(group: "g")
            let rules = AdmissionRules.of("work", otherGroups: GroupRule(limit: 1, scope: .worker))
            #expect(try await scene.store.peek(rules, worker: nil, at: t(1))?.id == id)
        },
    ]
}
