import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum ExplainingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D14 a job that never existed has no explanation") { (scene) async throws in
            #expect(try await scene.store.explain(JobID(7), .open, worker: scene.worker, at: t(1)) == nil)
        },
        ConformanceCheck("D14 the job that the next claim takes has no obstacles") { scene in
            let id = try await scene.add(priority: 77)
            let answer = try await scene.explain(id)
            #expect(answer.obstacles.isEmpty)
            #expect(answer.effectivePriority == 77)
            let record = try await scene.record(id)
            #expect(answer.job == record)
            try await scene.claimOnly(id)
        },
        ConformanceCheck("D14 a job behind another names the one that comes first") { scene in
            let first = try await scene.add()
            let second = try await scene.add()
            #expect(try await scene.explain(second).obstacles == [.behind(first)])
            let urgent = try await scene.add("other", priority: .high)
            #expect(try await scene.explain(first).obstacles == [.behind(urgent)])
        },
        ConformanceCheck("D14 a running or ended job has no obstacles, whatever is paused") { scene in
            let running = try await scene.add()
            try await scene.claimOnly(running)
            let ended = try await scene.ended(.completed)
            try await scene.store.pause(Pause(.queue), at: t(2))
            for id in [running, ended] {
                let answer = try await scene.explain(id, at: t(3))
                #expect(answer.obstacles.isEmpty)
                #expect(answer.pauses.isEmpty)
            }
        },
        ConformanceCheck("D14 a blocked job names the dependencies that have not ended, and no others") { scene in
            let first = try await scene.add()
            let second = try await scene.add()
            let id = try await scene.add(.after(second, first))
            #expect(try await scene.explain(id).obstacles == [.dependencies([first, second], count: 2)])
            try await scene.run(first)
            #expect(try await scene.explain(id).obstacles == [.dependencies([second], count: 1)])
        },
        ConformanceCheck("D14 a completed dependency that was deleted is no obstacle") { scene in
            let first = try await scene.add()
            let second = try await scene.add()
            let id = try await scene.add(.after(second, first))
            try await scene.run(first)
            #expect(try await scene.store.deleteEnded(first))
            #expect(try await scene.explain(id).obstacles == [.dependencies([second], count: 1)])
        },
        ConformanceCheck("D14 of many dependencies the first are named and all are counted") { scene in
            let ids = try await scene.add(count: 30)
            let id = try await scene.add(JobSubmission(type: "work", dependencies: ids.reversed().map { .job($0) }))
            let named = Array(ids.prefix(JobExplanation.namedJobs))
            #expect(try await scene.explain(id).obstacles == [.dependencies(named, count: 30)])
        },
        ConformanceCheck("D14 a waiting parent names its children that have not ended") { scene in
            let parent = try await scene.add()
            let running = try await scene.claimOnly(parent)
            let children = [
                try await scene.add(.child(of: parent, type: "other")),
                try await scene.add(.child(of: parent, type: "other")),
            ]
            try await scene.finish(running)
            #expect(try await scene.explain(parent).obstacles == [.children(children, count: 2)])
            try await scene.run(children[0], at: t(3))
            #expect(try await scene.explain(parent).obstacles == [.children([children[1]], count: 1)])
        },
        ConformanceCheck("D14 a preempted job is explained as such") { scene in
            let id = try await scene.add()
            try await scene.finish(scene.claimOnly(id), .preempted(.preempted))
            #expect(try await scene.explain(id, at: t(3)).obstacles == [.preempted])
        },
        ConformanceCheck("D14 a job of a type that is not claimed has no executor") { scene in
            let id = try await scene.add("unnamed")
            let answer = try await scene.explain(id)
            #expect(answer.obstacles == [.noExecutor])
            #expect(answer.domain.isEmpty)
        },
        ConformanceCheck("D14 the domain is the one in the rules") { scene in
            let id = try await scene.add("m.a")
            #expect(try await scene.explain(id, .domains(DomainRule(name: "n"), DomainRule(name: "m"))).domain == "m")
        },
        ConformanceCheck("D14 the pauses of a job are listed with their reasons, and other pauses are not") { scene in
            let id = try await scene.add("m.a", group: "g")
            let own = [
                Pause(.queue, reason: "a", until: t(50)), Pause(.queue, reason: "b", until: t(90)),
                Pause(.domain("m"), reason: "c"), Pause(.group("g"), reason: "d"),
            ]
            for pause in own + [Pause(.domain("n")), Pause(.group("h")), Pause(.group("m")), Pause(.domain("g"))] {
                try await scene.store.pause(pause, at: t(0))
            }
            let rules = AdmissionRules.domains(DomainRule(name: "m"), DomainRule(name: "n"))
            let answer = try await scene.explain(id, rules)
            #expect(Set(answer.pauses) == Set(own))
            #expect(
                answer.blocks == [
                    Gate.Block(.queuePause, .paused, until: t(90)), Gate.Block(.domainPause, .paused),
                    Gate.Block(.groupPause, .paused),
                ])
            #expect(try await scene.explain(id, rules, at: t(60)).pauses.count == 3, "one has lapsed")
        },
        ConformanceCheck("D14 the effective priority is the aged one") { scene in
            let id = try await scene.add(priority: .background)
            let rules = AdmissionRules.open.with {
                $0.aging = AgingPolicy(grace: .seconds(10), interval: .seconds(1), ceiling: .high)
            }
            #expect(try await scene.explain(id, rules, at: t(15)).effectivePriority == 187)
            #expect(try await scene.explain(id, rules, at: t(9000)).effectivePriority == .high)
            #expect(try await scene.explain(id, at: t(9000)).effectivePriority == .background)
        },
        ConformanceCheck("D14 explaining changes nothing, and takes no token") { scene in
            let first = try await scene.add(JobSubmission(type: "work", expiresAt: t(1)))
            let due = try await scene.add(JobSubmission(type: "work", runAfter: t(1)))
            let rules = AdmissionRules.open.with {
                $0.typeRates["work"] = TypeRate(bucket: "work", limit: .perHour(1, burst: 1))
            }
            let before = try await scene.dump()
            for id in [first, due] { _ = try await scene.explain(id, rules, at: t(2)) }
            #expect(try await scene.dump().differences(from: before).isEmpty)
            #expect(try await scene.claim(10, rules, at: t(2)).map(\.id) == [due])
        },
        ConformanceCheck("D14 the job that is explained to be next is the one the next claim takes, for any rules") {
            scene in
            var ids: [JobID] = []
            for number in 0..<60 {
                ids.append(
                    try await scene.add(
                        JobSubmission(
                            type: ["m.a", "m.b", "n.a"][number % 3],
                            priority: Priority(rawValue: UInt8(100 + number % 7)),
                            group: [nil, "g", "h", "i"][number % 4], runAfter: number % 5 == 0 ? t(Int64(number)) : nil,
                            expectedIO: number % 6 == 0 ? IOAmount(diskRead: 100) : nil), at: t(Int64(number % 3))))
            }
            try await scene.store.pause(Pause(.group("i")), at: t(3))
            let rules = AdmissionRules.domains(DomainRule(name: "m", limit: 9), DomainRule(name: "n")).with {
                $0.groups = ["g": GroupRule(limit: 4), "h": GroupRule(rate: .perSecond(1, burst: 3))]
                $0.aging = AgingPolicy(grace: .seconds(2), interval: .seconds(1), ceiling: 98)
                $0.ioBudget = IOAmount(diskRead: 250, diskWritten: .max, networkReceived: .max, networkSent: .max)
            }
            for second in 5..<40 as Range<Int64> {
                var free: [JobID] = []
                for id in ids {
                    let answer = try await scene.explain(id, rules, at: t(second))
                    if answer.job.state == .pending, answer.obstacles.isEmpty { free.append(id) }
                }
                let claimed = try await scene.claim(1, rules, at: t(second)).map(\.id)
                try #require(free == claimed, "at \(second) s")
            }
        },
    ]
}
