import QueueModel
import QueueStoreKit
import Testing

enum PreemptingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D7 a turn reports how many urgent jobs lack only a slot, up to the number of jobs to preempt")
        {
            scene in
            try await scene.add(count: 3)
            try await scene.claim(2)
            #expect(try await preemptors(in: scene) == 0, "what is ready is not urgent")
            try await scene.add(priority: .realtime)
            #expect(try await preemptors(in: scene) == 1)
            for _ in 0..<5 { try await scene.add(priority: .realtime) }
            #expect(try await preemptors(in: scene) == 2, "two jobs run that can be set aside")
        },
        ConformanceCheck("D7 without a preempt priority none are reported") { scene in
            try await scene.add()
            try await scene.claim(1)
            try await scene.add(priority: .realtime)
            #expect(try await scene.turn(claiming: 0).preemptors == 0)
        },
        ConformanceCheck("D7 urgent jobs that get a slot are claimed, and those behind them are reported") { scene in
            try await scene.add(count: 2)
            try await scene.claim(2)
            for _ in 0..<2 { try await scene.add(priority: .realtime) }
            let result = try await scene.turn(claiming: 1, preemptsAt: .realtime)
            #expect(result.claimed.map(\.priority) == [.realtime])
            #expect(result.preemptors == 1)
        },
        ConformanceCheck(
            "D7 jobs at the preempt priority preempt less urgent ones only"
        ) {
            scene in
            try await scene.add(priority: 64)
            try await scene.add(priority: 65)
            try await scene.claim(2)
            try await scene.add(priority: 65)
            #expect(try await preemptors(in: scene, at: .high) == 0)
            for _ in 0..<2 { try await scene.add(priority: 64) }
            #expect(try await preemptors(in: scene, at: .high) == 1, "the job of priority 64 that runs stays")
        },
        ConformanceCheck("D7 no job is preempted on another worker") { scene in
            try await scene.add()
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            try await scene.claim(1, by: other)
            try await scene.add(priority: .realtime)
            #expect(try await preemptors(in: scene) == 0)
        },
        ConformanceCheck("D7 urgent jobs that another gate blocks preempt no job") { scene in
            try await scene.add(count: 5)
            try await scene.claim(5)
            try await scene.store.pause(Pause(.group("paused")), at: t(0))
            try await scene.add(priority: .realtime, group: "paused")
            try await scene.add(priority: .realtime, group: "full")
            try await scene.add(priority: .realtime, group: "slow")
            try await scene.add("unnamed", priority: .realtime)
            try await scene.add(JobSubmission(type: "work", priority: .realtime, runAfter: t(99)))
            let rules = AdmissionRules.open.with {
                $0.groups = ["full": GroupRule(limit: 0), "slow": GroupRule(rate: .perHour(1, burst: 1))]
            }
            #expect(try await preemptors(in: scene, rules) == 1, "the one whose group has a token")
        },
        ConformanceCheck("D7 urgent jobs that exclude each other preempt one job") { scene in
            try await scene.add(count: 5)
            try await scene.claim(5)
            for _ in 0..<4 { try await scene.add(priority: .realtime, group: "g") }
            let one = AdmissionRules.open.with { $0.groups["g"] = GroupRule(limit: 1) }
            #expect(try await preemptors(in: scene, one) == 1)
            let two = AdmissionRules.open.with { $0.groups["g"] = GroupRule(rate: .perHour(2, burst: 2)) }
            #expect(try await preemptors(in: scene, two) == 2)
        },
        ConformanceCheck("D7 reporting a preemptor takes neither slots nor tokens") { scene in
            try await scene.add(count: 2)
            try await scene.claim(2)
            let ids = [
                try await scene.add(JobSubmission(type: "work", priority: .realtime, group: "g")),
                try await scene.add(JobSubmission(type: "work", priority: .realtime, group: "g")),
            ]
            let rules = AdmissionRules.open.with { $0.groups["g"] = GroupRule(limit: 2, rate: .perHour(2, burst: 2)) }
            for _ in 0..<3 { #expect(try await preemptors(in: scene, rules) == 2) }
            #expect(try await scene.claim(10, rules).map(\.id) == ids)
        },
        ConformanceCheck("D7 an urgent job that has expired preempts no job") { scene in
            try await scene.add()
            try await scene.claim(1)
            try await scene.add(JobSubmission(type: "work", priority: .realtime, expiresAt: t(5)))
            #expect(try await scene.turn(claiming: 0, preemptsAt: .realtime, at: t(5)).preemptors == 0)
        },
        ConformanceCheck("D7 a slot freed by preemption goes to the urgent job, before all shares") { scene in
            for _ in 0..<3 { try await scene.add(group: "a") }
            let rules = AdmissionRules.open.with {
                $0.fairShare = FairSharePolicy(groups: ["a": FairSharePolicy.Share(weight: 10_000, minimumSlots: 5)])
            }
            let running = try await scene.claim(1, rules)
            let urgent = try await scene.add(priority: .realtime, group: "b")
            let result = try await scene.turn(
                finishing: [.of(running[0], .preempted(.preempted))], claiming: 1, rules, preemptsAt: .realtime,
                at: t(2))
            #expect(result.claimed.map(\.id) == [urgent])
        },
        ConformanceCheck("D7 a slot freed by preemption goes to the urgent job, not to an aged one") { scene in
            try await scene.add(count: 3)
            let rules = AdmissionRules.open.with {
                $0.aging = AgingPolicy(grace: .zero, interval: .seconds(1), ceiling: .realtime)
            }
            let running = try await scene.claim(1, rules, at: t(1000))
            let urgent = try await scene.add(priority: .high, at: t(1000))
            let result = try await scene.turn(
                finishing: [.of(running[0], .preempted(.preempted), at: t(1000))], claiming: 1, rules,
                preemptsAt: .high,
                at: t(1000))
            #expect(result.claimed.map(\.id) == [urgent])
        },
        ConformanceCheck("D2 a backlog of hundreds of less urgent jobs makes no difference") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<500).map { JobSubmission(type: "work", group: "g\($0)") }, at: t(0))
            try await scene.claim(3)
            try await scene.add(priority: .realtime)
            #expect(try await preemptors(in: scene) == 1)
        },
    ]

    /// Returns the number of urgent jobs that a turn without a free slot reports.
    private static func preemptors(
        in scene: Scene, _ rules: AdmissionRules = .open, at priority: Priority = .realtime
    ) async throws -> Int {
        try await scene.turn(claiming: 0, rules, preemptsAt: priority).preemptors
    }
}
