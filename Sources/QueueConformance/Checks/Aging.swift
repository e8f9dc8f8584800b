import QueueModel
import QueueStoreKit
import Testing

enum AgingChecks {
    /// A grace of ten seconds, then one step per second, up to 100.
    private static let policy = AgingPolicy(grace: .seconds(10), interval: .seconds(1), ceiling: 100)

    private static let aged = AdmissionRules.open.with { $0.aging = policy }

    static let all: [ConformanceCheck] = [
        ConformanceCheck(
            "D5 a job is claimed before more urgent ones once it has waited long enough"
        ) {
            scene in
            let old = try await scene.add(priority: 130)
            let new = try await scene.add(priority: 128, at: t(11))
            #expect(try await scene.store.peek(aged, worker: scene.worker, at: ms(11_999))?.id == new)
            #expect(
                try await scene.store.peek(aged, worker: scene.worker, at: t(12))?.id == old,
                "equal, and submitted first")
            #expect(try await scene.claim(2, aged, at: ms(11_999)).map(\.id) == [new, old])
        },
        ConformanceCheck("D5 the order of claims follows the jobs' ages as time passes") { scene in
            let first = try await scene.add(count: 3, JobSubmission(type: "work", priority: 130))
            let second = try await scene.add("other", priority: 128, at: t(9))
            let third = try await scene.add("third", priority: 128, at: t(20))
            try await scene.claimOnly(second, aged, at: t(11))
            try await scene.claimOnly(first[0], aged, at: t(20))
            try await scene.claimOnly(first[1], aged, at: t(21))
            try await scene.claimOnly(first[2], aged, at: t(22))
            try await scene.claimOnly(third, aged, at: t(23))
        },
        ConformanceCheck("D5 aging raises a priority to its ceiling and no further") { scene in
            let old = try await scene.add(priority: .idle)
            let above = try await scene.add(priority: 99, at: t(9000))
            let at = try await scene.add(priority: 100, at: t(9000))
            #expect(try await scene.claim(10, aged, at: t(9000)).map(\.id) == [above, old, at])
        },
        ConformanceCheck("D5 aging leaves a job's stored priority unchanged") { scene in
            let id = try await scene.add(priority: .idle)
            #expect(try await scene.claimOnly(id, aged, at: t(9000)).priority == .idle)
            #expect(try await scene.record(id).priority == .idle)
        },
        ConformanceCheck("D5 without an aging policy waiting changes nothing") { scene in
            let old = try await scene.add(priority: 129)
            let new = try await scene.add(priority: 128, at: t(9000))
            #expect(try await scene.claim(10, at: t(9000)).map(\.id) == [new, old])
        },
        ConformanceCheck("D5 aging can be turned on and off between claims") { scene in
            let old = try await scene.add(count: 2, JobSubmission(type: "work", priority: 129))
            let new = try await scene.add("other", priority: 128, at: t(50))
            #expect(try await scene.store.peek(.open, worker: scene.worker, at: t(50))?.id == new)
            try await scene.claimOnly(old[0], aged, at: t(50))
            try await scene.claimOnly(new, .open, at: t(50))
        },
        ConformanceCheck("D5 a claim reports the aged priority of a job where it differs from the stored one") {
            scene in
            let old = try await scene.add(priority: 129)
            let young = try await scene.add("other", priority: 200, at: t(50))
            let claimed = try await scene.claim(2, aged, at: t(50))
            #expect(claimed.map(\.id) == [old, young])
            let expected = policy.effective(129, waited: 50_000)
            try #require(expected < 129)
            #expect(claimed.map(\.claimedAs) == [expected, nil])
            #expect(try await scene.store.job(old)?.claimedAs == nil)
        },
        ConformanceCheck("D5 a scheduled job starts to age at its earliest start") { scene in
            let scheduled = try await scene.add(JobSubmission(type: "work", priority: 129, runAfter: t(100)))
            let other = try await scene.add("other", priority: 128, at: t(100))
            #expect(try await scene.claim(1, aged, at: t(110)).map(\.id) == [other])
            let next = try await scene.add("other", priority: 128, at: t(110))
            try await scene.claimOnly(scheduled, aged, at: t(111))
            try await scene.claimOnly(next, aged, at: t(111))
        },
        ConformanceCheck("D5 a retried job starts to age anew at its new start") { scene in
            let id = try await scene.add(priority: 129)
            try await scene.finish(scene.claimOnly(id, aged, at: t(100)), .retry(at: t(100), .passing), at: t(100))
            let other = try await scene.add("other", priority: 128, at: t(100))
            #expect(try await scene.claim(2, aged, at: t(110)).map(\.id) == [other, id])
        },
        ConformanceCheck("D5 time for which the queue, the domain or the group was paused does not count") { scene in
            let rules = AdmissionRules.domains(DomainRule(name: "m"), DomainRule(name: "n")).with { $0.aging = policy }
            for (index, target) in [Pause.Target.queue, .domain("m"), .group("g")].enumerated() {
                let start = Int64(index) * 1000
                let old = try await scene.add("m.a", priority: 129, group: "g", at: t(start))
                try await scene.store.pause(Pause(target), at: t(start + 5))
                _ = try await scene.store.resume(target, reason: nil, at: t(start + 105))
                let new = try await scene.add("n.a", priority: 128, at: t(start + 110))
                #expect(
                    try await scene.store.peek(rules, worker: scene.worker, at: ms(start * 1000 + 110_999))?.id == new)
                #expect(try await scene.claim(2, rules, at: t(start + 111)).map(\.id) == [old, new], "\(target)")
            }
        },
        ConformanceCheck("D5 time under pauses of other targets counts as waiting") { scene in
            let rules = AdmissionRules.domains(DomainRule(name: "m"), DomainRule(name: "n")).with { $0.aging = policy }
            let old = try await scene.add("m.a", priority: 129, group: "g")
            for target in [Pause.Target.domain("n"), .group("h"), .group("m")] {
                try await scene.store.pause(Pause(target), at: t(1))
            }
            let new = try await scene.add("m.b", priority: 128, at: t(11))
            #expect(try await scene.claim(2, rules, at: t(11)).map(\.id) == [old, new])
        },
        ConformanceCheck("D5 time under several pauses is left out once, and under an expired pause until its end") {
            scene in
            let old = try await scene.add(priority: 129, group: "g")
            try await scene.store.pause(Pause(.queue, reason: "a", until: t(40)), at: t(0))
            try await scene.store.pause(Pause(.queue, reason: "b"), at: t(10))
            try await scene.store.pause(Pause(.group("g")), at: t(20))
            _ = try await scene.store.resume(.queue, reason: "b", at: t(30))
            _ = try await scene.store.resume(.group("g"), reason: nil, at: t(35))
            // Paused from 0 to 40.
            let new = try await scene.add("other", priority: 128, at: t(50))
            #expect(try await scene.store.peek(aged, worker: scene.worker, at: ms(50_999))?.id == new)
            #expect(try await scene.claim(2, aged, at: t(51)).map(\.id) == [old, new])
        },
        ConformanceCheck("D5 past pauses are remembered after the store is reopened", requires: .persistent) {
            scene in
            let old = try await scene.add(priority: 129)
            try await scene.store.pause(Pause(.queue, reason: "a"), at: t(0))
            _ = try await scene.store.resume(.queue, reason: "a", at: t(100))
            let after = try await scene.reopened()
            let new = try await after.add("other", priority: 128, at: t(110))
            #expect(try await after.store.peek(aged, worker: after.worker, at: t(110))?.id == new)
            #expect(try await after.claim(2, aged, at: t(111)).map(\.id) == [old, new])
        },
        ConformanceCheck("D5 time for which a job was preempted does not count") { scene in
            let id = try await scene.add(priority: 129)
            try await scene.finish(scene.claimOnly(id, aged, at: t(5)), .preempted(.preempted), at: t(5))
            let other = try await scene.add("other", priority: 128, at: t(105))
            // A claim without slots returns it to its place.
            try await scene.turn(claiming: 0, aged, at: t(105))
            #expect(try await scene.store.peek(aged, worker: scene.worker, at: ms(110_999))?.id == other)
            #expect(try await scene.store.peek(aged, worker: scene.worker, at: t(111))?.id == id)
        },
        ConformanceCheck("D5 a retry ages from its new start, however long the job was preempted before") { scene in
            let id = try await scene.add(priority: 129)
            try await scene.finish(scene.claimOnly(id, aged, at: t(5)), .preempted(.preempted), at: t(5))
            try await scene.finish(scene.claimOnly(id, aged, at: t(905)), .retry(at: t(910), .passing), at: t(906))
            let other = try await scene.add("other", priority: 128, at: t(920))
            #expect(try await scene.store.peek(aged, worker: scene.worker, at: t(920))?.id == other)
            #expect(try await scene.claim(2, aged, at: t(921)).map(\.id) == [id, other])
        },
        ConformanceCheck(
            "D9 pressure blocks a job by its stored priority, not by its aged one"
        ) { scene in
            try await scene.add(priority: .background)
            #expect(try await scene.claim(10, aged.with { $0.leastPriority = .normal }, at: t(9000)).isEmpty)
        },
        ConformanceCheck("D5 jobs of one lane keep the order of their submission") { scene in
            let ids = try await scene.add(count: 300, JobSubmission(type: "work", priority: .idle))
            #expect(try await scene.claim(200, aged, at: t(100)).map(\.id) == Array(ids[..<200]))
            #expect(try await scene.claim(200, aged, at: t(200)).map(\.id) == Array(ids[200...]))
        },
        ConformanceCheck("D2 hundreds of aged jobs in a full group block no other job") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<600).map {
                    JobSubmission(type: "work", priority: Priority(rawValue: UInt8(101 + $0 % 100)), group: "g")
                },
                at: t(0))
            let free = try await scene.add(priority: .idle, at: t(500))
            let rules = aged.with { $0.groups["g"] = GroupRule(limit: 1) }
            #expect(try await scene.claim(5, rules, at: t(500)).count == 2)
            try await scene.expect(free, is: .running)
        },
        ConformanceCheck("D5 setting the clock back makes jobs younger and changes nothing else") { scene in
            let old = try await scene.add(priority: 129, at: t(1000))
            let new = try await scene.add("other", priority: 128, at: t(1011))
            #expect(try await scene.store.peek(aged, worker: scene.worker, at: t(1011))?.id == old)
            #expect(try await scene.claim(2, aged, at: t(5)).map(\.id) == [new, old])
        },
    ]
}
