import QueueModel
import QueueStoreKit
import Testing

enum RatesChecks {
    /// One start per second with a burst of two.
    private static let limit = RateLimit.perSecond(1, burst: 2)

    private static func ofType(_ type: JobType = "work", _ limit: RateLimit = limit) -> AdmissionRules {
        AdmissionRules.open.with { $0.typeRates[type] = TypeRate(bucket: type, limit: limit) }
    }

    private static func ofGroup(_ group: String = "g", _ limit: RateLimit = limit) -> AdmissionRules {
        AdmissionRules.open.with { $0.groups[group] = GroupRule(rate: limit) }
    }

    static let all: [ConformanceCheck] = [
        ConformanceCheck("D4 a type starts its burst immediately, then one job per token") { scene in
            let ids = try await scene.add(count: 6)
            let rules = ofType()
            #expect(try await scene.claim(10, rules, at: t(1)).map(\.id) == Array(ids[..<2]))
            #expect(try await scene.claim(10, rules, at: t(1)).isEmpty)
            #expect(try await scene.claim(10, rules, at: ms(1999)).isEmpty)
            #expect(try await scene.claim(10, rules, at: t(2)).map(\.id) == [ids[2]])
            #expect(
                try await scene.claim(10, rules, at: t(100)).map(\.id) == Array(ids[3..<5]), "no more than the burst")
        },
        ConformanceCheck("D4 a group starts its burst immediately, across types, then one job per token") { scene in
            let ids = [
                try await scene.add("work", group: "g"), try await scene.add("other", group: "g"),
                try await scene.add("third", group: "g"),
            ]
            let rules = ofGroup()
            #expect(try await scene.claim(10, rules).map(\.id) == Array(ids[..<2]))
            #expect(try await scene.claim(10, rules, at: ms(1999)).isEmpty)
            #expect(try await scene.claim(10, rules, at: t(2)).map(\.id) == [ids[2]])
        },
        ConformanceCheck("D4 a rate counts starts, not running or ended jobs") { scene in
            try await scene.add(count: 3)
            let rules = ofType()
            for record in try await scene.claim(10, rules) { try await scene.finish(record, at: t(1)) }
            #expect(try await scene.claim(10, rules, at: t(1)).isEmpty)
        },
        ConformanceCheck("D4 a job needs a token of its type and one of its group, and takes both or none") {
            scene in
            try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            let others = try await scene.add(count: 2)
            let rules = ofType("work", .perHour(1, burst: 2)).with {
                $0.groups["g"] = GroupRule(rate: .perHour(1, burst: 1))
            }
            let claimed = try await scene.claim(10, rules)
            #expect(claimed.map(\.group) == ["g", nil], "the second of the group takes no token of the type")
            #expect(claimed.last?.id == others[0])
        },
        ConformanceCheck("D4 a bucket is shared by all workers") { scene in
            try await scene.add(count: 4)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            #expect(try await scene.claim(1, ofType()).count == 1)
            #expect(try await scene.claim(10, by: other, ofType()).count == 1)
            #expect(try await scene.claim(10, ofType()).isEmpty)
            #expect(try await scene.claim(10, by: other, ofType(), at: t(2)).count == 1)
            #expect(try await scene.claim(10, ofType(), at: t(2)).isEmpty)
        },
        ConformanceCheck("D4 many workers that claim concurrently start no more than the burst") { scene in
            try await scene.add(count: 40)
            let rules = ofType("work", .perHour(1, burst: 7))
            let claimed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let worker = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
                        return try await scene.claim(3, by: worker, rules).count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(claimed == 7)
        },
        ConformanceCheck("D4 former names of a type share the bucket of its current name") { scene in
            for type in ["work", "other", "work"] as [JobType] { try await scene.add(type) }
            let rate = TypeRate(bucket: "work", limit: limit)
            let rules = AdmissionRules.open.with { $0.typeRates = ["work": rate, "other": rate] }
            #expect(try await scene.claim(10, rules).map(\.type) == ["work", "other"])
            #expect(try await scene.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D4 a type and a group of the same name have separate buckets") { scene in
            try await scene.add(count: 2, JobSubmission(type: "work"))
            try await scene.add(count: 2, JobSubmission(type: "other", group: "work"))
            let rules = ofType().with { $0.groups["work"] = GroupRule(rate: limit) }
            #expect(try await scene.claim(10, rules).count == 4)
        },
        ConformanceCheck(
            "D4 each group without a rule of its own has its own bucket, and jobs without a group have none"
        ) {
            scene in
            for group in ["a", "a", "b", "b", nil, nil] { try await scene.add(group: group) }
            let rules = AdmissionRules.of("work", otherGroups: GroupRule(rate: .perHour(1, burst: 1)))
            #expect(try await scene.claim(10, rules).map(\.group) == ["a", "b", nil, nil])
        },
        ConformanceCheck("D2 a throttled type with many jobs holds back no other job") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<500).map { _ in JobSubmission(type: "work", priority: .realtime) }, at: t(0))
            let free = try await scene.add("other", priority: .idle)
            #expect(try await scene.claim(10, ofType()).count == 3)
            try await scene.expect(free, is: .running)
        },
        ConformanceCheck("D2 hundreds of throttled groups hold back no other job") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<600).map { JobSubmission(type: "work", priority: .high, group: "g\($0 % 300)") },
                at: t(0))
            let rules = AdmissionRules.of("work", otherGroups: GroupRule(rate: .perHour(1, burst: 1)))
            #expect(try await scene.claim(1000, rules).count == 300)
            let free = try await scene.add(priority: .idle)
            #expect(try await scene.claim(5, rules).map(\.id) == [free])
        },
        ConformanceCheck("D4 a turn returns when the next token arrives of a rate that holds a job back") { scene in
            try await scene.add(count: 3)
            let result = try await scene.turn(claiming: 10, ofType("work", .perMinute(2, burst: 2)), at: t(1))
            #expect(result.claimed.count == 2)
            #expect(result.nextDue == t(31))
        },
        ConformanceCheck("D4 a turn returns the earlier of the next token and the next start") { scene in
            try await scene.add(count: 3)
            let rules = ofType("work", .perMinute(2, burst: 2))
            try await scene.add(JobSubmission(type: "other", runAfter: t(50)))
            #expect(try await scene.turn(claiming: 10, rules, at: t(1)).nextDue == t(31))
            try await scene.add(JobSubmission(type: "other", runAfter: t(20)))
            #expect(try await scene.turn(claiming: 10, rules, at: t(1)).nextDue == t(20))
        },
        ConformanceCheck("D4 a rate that holds nothing back returns no instant") { scene in
            try await scene.add(count: 2)
            #expect(try await scene.turn(claiming: 10, ofType()).nextDue == nil)
            try await scene.add("other")
            #expect(try await scene.turn(claiming: 10, ofType()).nextDue == nil)
            try await scene.add()
            #expect(try await scene.turn().nextDue == nil, "a turn that does not claim does not look")
        },
        ConformanceCheck("D4 a job that expires at the claim takes no token, and holds back none behind it") { scene in
            try await scene.add(JobSubmission(type: "work", expiresAt: t(5)))
            try await scene.add(JobSubmission(type: "work", priority: .high, expiresAt: t(5)))
            let good = try await scene.add()
            #expect(try await scene.claim(10, ofType("work", .perHour(1, burst: 1)), at: t(5)).map(\.id) == [good])
        },
        ConformanceCheck("D1 a job that another gate blocks takes no token") { scene in
            try await scene.add(priority: .high, group: "full")
            try await scene.add(priority: .background)
            try await scene.store.pause(Pause(.group("paused")), at: t(0))
            try await scene.add(priority: .high, group: "paused")
            let good = try await scene.add()
            let rules = ofType("work", .perHour(1, burst: 1)).with {
                $0.groups["full"] = GroupRule(limit: 0)
                $0.leastPriority = .normal
            }
            #expect(try await scene.claim(10, rules).map(\.id) == [good])
        },
        ConformanceCheck("D4 a retry from the queue takes a token, a retry in place does not") { scene in
            let ids = try await scene.add(count: 2)
            let rules = ofType("work", .perHour(1, burst: 2))
            var first = try await scene.claimOnly(ids[0], rules)
            try await scene.finish(first, .retryInPlace(.passing), at: t(1))
            first.attempt += 1
            try await scene.finish(first, .retry(at: t(1), .passing), at: t(1))
            try await scene.claimOnly(ids[0], rules)
            #expect(try await scene.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D4 a changed rate applies from the next claim: lowered, raised and removed") { scene in
            try await scene.add(count: 20)
            #expect(try await scene.claim(20, ofType("work", .perMinute(1, burst: 3))).count == 3)
            #expect(try await scene.claim(20, ofType("work", .perSecond(10, burst: 5)), at: ms(1199)).isEmpty)
            #expect(try await scene.claim(20, ofType("work", .perSecond(10, burst: 5)), at: ms(1299)).count == 1)
            #expect(try await scene.claim(20, ofType("work", .perSecond(10, burst: 5)), at: t(10)).count == 5)
            #expect(try await scene.claim(20, ofType("work", .perHour(1, burst: 1)), at: t(11)).count == 1)
            #expect(try await scene.claim(20, ofType("work", .perHour(1, burst: 1)), at: t(12)).isEmpty)
            #expect(try await scene.claim(20, .open, at: t(12)).count == 10)
        },
        ConformanceCheck("D4 setting the clock back does not delay the next token") { scene in
            try await scene.add(count: 4)
            #expect(try await scene.claim(10, ofType(), at: t(5000)).count == 2)
            #expect(try await scene.claim(10, ofType(), at: t(10)).isEmpty)
            #expect(try await scene.claim(10, ofType(), at: t(11)).count == 1, "not only after hours")
        },
        ConformanceCheck("D4 used tokens are remembered after the store is reopened", requires: .persistent) {
            scene in
            try await scene.add(count: 4)
            let rules = ofType("work", .perMinute(1, burst: 2))
            #expect(try await scene.claim(10, rules).count == 2)
            let after = try await scene.reopened()
            #expect(try await after.claim(10, rules, at: t(2)).isEmpty)
            #expect(try await after.claim(10, rules, at: t(61)).count == 1)
        },
        ConformanceCheck("Q2 peek respects rates and takes no token") { scene in
            let ids = try await scene.add(count: 3)
            let rules = ofType("work", .perHour(1, burst: 1))
            for _ in 0..<3 { #expect(try await scene.store.peek(rules, worker: scene.worker, at: t(1))?.id == ids[0]) }
            try await scene.claimOnly(ids[0], rules)
            #expect(try await scene.store.peek(rules, worker: scene.worker, at: t(1)) == nil)
        },
        ConformanceCheck("D4 a turn that fails takes no token") { scene in
            let ids = try await scene.add(count: 2)
            let rules = ofType("work", .perHour(1, burst: 1))
            let gone = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            try await scene.store.closeWorker(gone, at: t(0))
            try await scene.refused(.leaseLost) { try await scene.claim(1, by: gone, rules) }
            try await scene.claimOnly(ids[0], rules)
        },
    ]
}
