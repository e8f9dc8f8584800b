import QueueModel
import QueueStoreKit
import Testing

enum ExplainingGatesChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D14 an earliest start in the future is an obstacle") { scene in
            let id = try await scene.add(JobSubmission(type: "work", runAfter: t(50)))
            let answer = try await scene.explain(id)
            #expect(answer.blocks == [Gate.Block(.due, .notDue, until: t(50))])
            #expect(answer.until == t(50))
            #expect(try await scene.explain(id, at: t(50)).obstacles.isEmpty)
        },
        ConformanceCheck("D14 a job that has expired but was not yet considered by a claim is explained as expired") {
            scene in
            let id = try await scene.add(JobSubmission(type: "work", expiresAt: t(5)))
            #expect(try await scene.explain(id, at: t(5)).blocks == [Gate.Block(.expiry, .expired)])
        },
        ConformanceCheck("D14 full slots are reported with their counts: the worker's, the domain's, the group's") {
            scene in
            for _ in 0..<3 { try await scene.add("m.a", group: "g") }
            let wide = AdmissionRules.domains(DomainRule(name: "m"))
            try await scene.claim(2, wide)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            try await scene.claim(1, by: other, wide)
            let id = try await scene.add("m.b", group: "g")
            let tight = AdmissionRules.domains(DomainRule(name: "m", limit: 2)).with {
                $0.concurrency = 2
                $0.groups["g"] = GroupRule(limit: 3)
            }
            #expect(
                try await scene.explain(id, tight).blocks == [
                    Gate.Block(.workerSlot, .slots(running: 2, limit: 2)),
                    Gate.Block(.domainSlot, .slots(running: 2, limit: 2)),
                    Gate.Block(.groupSlot, .slots(running: 3, limit: 3)),
                ])
            let own = tight.with { $0.groups["g"] = GroupRule(limit: 2, scope: .worker) }
            #expect(
                try await scene.explain(id, own).blocks.last == Gate.Block(.groupSlot, .slots(running: 2, limit: 2)))
            let nobody = try #require(try await scene.store.explain(id, tight, worker: nil, at: t(1)))
            #expect(
                nobody.blocks == [Gate.Block(.groupSlot, .slots(running: 3, limit: 3))],
                "without a worker nothing runs on it")
        },
        ConformanceCheck("D14 a job behind a full worker is explained so, even though a claim has its own limit") {
            scene in
            let ids = try await scene.add(count: 2)
            try await scene.claim(1)
            let rules = AdmissionRules.open.with { $0.concurrency = 1 }
            #expect(
                try await scene.explain(ids[1], rules).blocks == [Gate.Block(.workerSlot, .slots(running: 1, limit: 1))]
            )
        },
        ConformanceCheck("D14 the cap of a share is reported") { scene in
            let ids = try await scene.add(count: 3, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.open.with {
                $0.fairShare = FairSharePolicy(groups: ["g": FairSharePolicy.Share(maximumSlots: 2)])
            }
            try await scene.claim(10, rules)
            #expect(
                try await scene.explain(ids[2], rules).blocks == [
                    Gate.Block(.groupSlot, .share(running: 2, maximum: 2))
                ]
            )
        },
        ConformanceCheck("D14 pressure is reported with the priority that it admits") { scene in
            let id = try await scene.add(priority: .background)
            let rules = AdmissionRules.open.with { $0.leastPriority = .normal }
            #expect(
                try await scene.explain(id, rules).blocks == [Gate.Block(.pressure, .pressure(leastPriority: .normal))])
        },
        ConformanceCheck("D14 bytes that exceed the budget are reported in the steps by which they are judged") {
            scene in
            let amount = IOAmount(diskRead: 60, networkSent: 3)
            try await scene.add(JobSubmission(type: "work", expectedIO: amount))
            let id = try await scene.add(JobSubmission(type: "work", expectedIO: IOAmount(diskRead: 9)))
            let budget = IOAmount(diskRead: 70, diskWritten: .max, networkReceived: .max, networkSent: .max)
            let rules = AdmissionRules.open.with { $0.ioBudget = budget }
            try await scene.claim(1, rules)
            let running = IOAmount(diskRead: 64, networkSent: 3)
            #expect(
                try await scene.explain(id, rules).blocks == [
                    Gate.Block(.ioRoom, .ioRoom(running: running, own: IOAmount(diskRead: 10), budget: budget))
                ])
        },
        ConformanceCheck("D14 a rate is reported with the instant of its next token: the type's and the group's") {
            scene in
            let ids = try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            let (ofType, ofGroup) = (RateLimit.perMinute(2, burst: 1), RateLimit.perMinute(1, burst: 1))
            let rules = AdmissionRules.open.with {
                $0.typeRates["work"] = TypeRate(bucket: "work", limit: ofType)
                $0.groups["g"] = GroupRule(rate: ofGroup)
            }
            try await scene.claimOnly(ids[0], rules, at: t(1))
            let answer = try await scene.explain(ids[1], rules, at: t(2))
            #expect(
                answer.blocks == [
                    Gate.Block(.typeRate, .rate(ofType), until: t(31)),
                    Gate.Block(.groupRate, .rate(ofGroup), until: t(61)),
                ])
            #expect(answer.until == t(61))
        },
        ConformanceCheck("D14 a suspect that waits for another is explained so") { scene in
            var scene = scene
            let ids = try await scene.add(count: 2)
            for now in [t(1), t(2000)] {
                try #require(try await scene.claim(at: now).count == 2)
                scene = try await scene.crashed(at: now).scene
            }
            try await scene.claimOnly(ids[0], at: t(5000))
            #expect(try await scene.explain(ids[1], at: t(5000)).blocks == [Gate.Block(.isolation, .suspect)])
        },
        ConformanceCheck("D14 all obstacles of a job are reported together, in the order of the gates") { scene in
            var busy = JobSubmission(type: "m.a", priority: .idle, group: "g", expectedIO: IOAmount(diskRead: 64))
            try await scene.add(busy)
            let rules = AdmissionRules.domains(DomainRule(name: "m", limit: 1)).with {
                $0.concurrency = 1
                $0.groups["g"] = GroupRule(limit: 1, rate: .perHour(1, burst: 1))
                $0.typeRates["m.a"] = TypeRate(bucket: "m.a", limit: .perHour(1, burst: 1))
                $0.ioBudget = .zero
            }
            try await scene.claim(1, rules)
            busy.runAfter = t(50)
            busy.expiresAt = t(2)
            let id = try await scene.add(busy)
            for target in [Pause.Target.queue, .domain("m"), .group("g")] {
                try await scene.store.pause(Pause(target), at: t(1))
            }
            let strained = rules.with { $0.leastPriority = .normal }
            let gates = try await scene.explain(id, strained, at: t(2)).blocks.map(\.gate)
            #expect(gates == Gate.allCases.filter { $0 != .isolation })
        },
    ]
}
