import QueueModel
import QueueStoreKit
import Testing

enum FairShareChecks {
    private static func fair(
        _ groups: [String: FairSharePolicy.Share] = [:], withoutGroup: FairSharePolicy.Share = FairSharePolicy.Share(),
        urgent: Priority? = nil
    ) -> AdmissionRules {
        AdmissionRules.open.with {
            $0.fairShare = FairSharePolicy(groups: groups, withoutGroup: withoutGroup, urgent: urgent)
        }
    }

    /// Submits a number of jobs per group, one group after the other.
    private static func add(_ count: Int, of groups: String?..., in scene: Scene, at now: Timestamp = t(0)) async throws
    {
        for group in groups {
            let batch = (0..<count).map { _ in JobSubmission(type: "work", group: group) }
            _ = try await scene.store.submit(contentsOf: batch, at: now)
        }
    }

    private static func count(_ records: [JobRecord], of group: String?) -> Int {
        records.count { $0.group == group }
    }

    static let all: [ConformanceCheck] = [
        ConformanceCheck("D6 groups of equal weight get the same number of slots, whichever was first") { scene in
            try await add(20, of: "a", "b", in: scene)
            let claimed = try await scene.claim(10, fair())
            #expect(count(claimed, of: "a") == 5)
            #expect(count(claimed, of: "b") == 5)
        },
        ConformanceCheck("D6 without fair share the first group gets all slots") { scene in
            try await add(20, of: "a", "b", in: scene)
            #expect(count(try await scene.claim(10), of: "a") == 10)
        },
        ConformanceCheck("D6 slots are divided by weight") { scene in
            try await add(20, of: "a", "b", "c", in: scene)
            let claimed = try await scene.claim(
                12,
                fair([
                    "a": FairSharePolicy.Share(weight: 1), "b": FairSharePolicy.Share(weight: 3),
                    "c": FairSharePolicy.Share(weight: 2),
                ]))
            #expect(["a", "b", "c"].map { count(claimed, of: $0) } == [2, 6, 4])
        },
        ConformanceCheck("D6 jobs without a group share one implicit group") { scene in
            try await add(20, of: "a", nil, in: scene)
            let claimed = try await scene.claim(8, fair(withoutGroup: FairSharePolicy.Share(weight: 3)))
            #expect(count(claimed, of: nil) == 6)
            #expect(count(claimed, of: "a") == 2)
        },
        ConformanceCheck("D6 no slot stays free while a group below its cap has work") { scene in
            try await add(2, of: "a", in: scene)
            try await add(20, of: "b", in: scene)
            let claimed = try await scene.claim(10, fair(["a": FairSharePolicy.Share(weight: 100)]))
            #expect(count(claimed, of: "a") == 2)
            #expect(count(claimed, of: "b") == 8)
        },
        ConformanceCheck("D6 a group gets its minimum of slots before others exceed theirs") { scene in
            try await add(20, of: "heavy", "light", in: scene)
            let rules = fair([
                "heavy": FairSharePolicy.Share(weight: 1000), "light": FairSharePolicy.Share(minimumSlots: 3),
            ])
            let claimed = try await scene.claim(8, rules)
            #expect(count(claimed, of: "light") == 3)
            #expect(Array(claimed.prefix(3)).allSatisfy { $0.group == "light" })
        },
        ConformanceCheck("D6 a group never exceeds its cap over several claims, and others get the slots it leaves") {
            scene in
            try await add(20, of: "a", "b", in: scene)
            let rules = fair(["a": FairSharePolicy.Share(weight: 100, maximumSlots: 2)])
            let first = try await scene.claim(4, rules)
            #expect(count(first, of: "a") == 2)
            #expect(count(try await scene.claim(4, rules), of: "b") == 4)
            let ended = try #require(first.first { $0.group == "a" })
            let result = try await scene.turn(finishing: [.of(ended)], claiming: 3, rules, at: t(2))
            #expect(count(result.claimed, of: "a") == 1)
        },
        ConformanceCheck("D6 a capped group of hundreds of jobs leaves slots free for other groups only") { scene in
            try await add(400, of: "a", in: scene)
            let rules = fair(["a": FairSharePolicy.Share(maximumSlots: 3)])
            #expect(try await scene.claim(50, rules).count == 3)
            try await add(1, of: nil, in: scene)
            #expect(try await scene.claim(50, rules).map(\.group) == [nil])
        },
        ConformanceCheck("D6 priority decides within a group, not between groups") { scene in
            try await add(3, of: "a", in: scene)
            let urgent = try await scene.add(priority: .high, group: "a")
            let other = try await scene.add(priority: .idle, group: "b")
            let claimed = try await scene.claim(2, fair()).map(\.id)
            #expect(Set(claimed) == [urgent, other])
        },
        ConformanceCheck("D6 between equal groups the more urgent job is first") { scene in
            try await scene.add(group: "a")
            let urgent = try await scene.add(priority: .high, group: "b")
            #expect(try await scene.claim(1, fair()).map(\.id) == [urgent])
        },
        ConformanceCheck("D6 between equal groups and priorities the earlier job is first") { scene in
            let first = try await scene.add(group: "b")
            try await scene.add(group: "a")
            #expect(try await scene.claim(1, fair()).map(\.id) == [first])
        },
        ConformanceCheck("D6 a group whose jobs run ten times as long starts a tenth as many") { scene in
            try await add(700, of: "long", "short", in: scene)
            let rules = fair()
            var ends: [(at: Int64, record: JobRecord)] = []
            var slotTime = ["long": Int64(0), "short": 0]
            for second in 1...200 as ClosedRange<Int64> {
                let done = ends.filter { $0.at <= second }
                ends.removeAll { $0.at <= second }
                let result = try await scene.turn(
                    finishing: done.map { .of($0.record, at: t(second)) }, claiming: 6 - ends.count, rules,
                    at: t(second))
                for record in result.claimed { ends.append((second + (record.group == "long" ? 10 : 1), record)) }
                for end in ends { slotTime[end.record.group ?? "", default: 0] += 1 }
            }
            let part = Double(slotTime["long", default: 0]) / 1200
            #expect(abs(part - 0.5) <= 0.03, "\(slotTime)")
        },
        ConformanceCheck("D6 a group that returns gets no credit for the time it had no work") { scene in
            try await add(300, of: "a", in: scene)
            let rules = fair()
            var running = try await scene.claim(4, rules)
            for second in 2...30 as ClosedRange<Int64> {
                running = try await scene.turn(
                    finishing: running.map { .of($0, at: t(second)) }, claiming: 4, rules, at: t(second)
                ).claimed
            }
            try await add(40, of: "b", in: scene, at: t(30))
            var ofB = 0
            for second in 31...40 as ClosedRange<Int64> {
                running = try await scene.turn(
                    finishing: running.map { .of($0, at: t(second)) }, claiming: 4, rules, at: t(second)
                ).claimed
                ofB += count(running, of: "b")
            }
            #expect((16...24).contains(ofB), "half of 40 slots, not all: \(ofB)")
        },
        ConformanceCheck(
            "D6 a job that aging has made urgent precedes all shares, a job submitted as urgent does not"
        ) {
            scene in
            let aging = AgingPolicy(grace: .zero, interval: .seconds(1), ceiling: 100)
            try await add(4, of: "a", in: scene)
            let rules = fair(
                ["a": FairSharePolicy.Share(maximumSlots: nil), "b": FairSharePolicy.Share(weight: 1000)], urgent: 120
            ).with {
                $0.aging = aging
            }
            try await scene.claim(2, rules, at: t(1))
            // The other group is far ahead now, but the first group's jobs have waited long enough at 8 s.
            for _ in 0..<4 { try await scene.add(priority: 100, group: "b", at: t(7)) }
            #expect(try await scene.store.peek(rules, worker: scene.worker, at: t(7))?.group == "b")
            #expect(try await scene.claim(3, rules, at: t(8)).map(\.group) == ["a", "a", "b"])
        },
        ConformanceCheck("D6 a cap counts the worker's own jobs, even for a group with its own limit") {
            scene in
            try await add(10, of: "a", in: scene)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let rules = fair(["a": FairSharePolicy.Share(maximumSlots: 2)]).with {
                $0.groups["a"] = GroupRule(limit: 3)
            }
            #expect(try await scene.claim(10, rules).count == 2)
            #expect(try await scene.claim(10, by: other, rules).count == 1)
        },
        ConformanceCheck("D6 a changed share applies from the next claim") { scene in
            try await add(20, of: "a", in: scene)
            #expect(try await scene.claim(10, fair(["a": FairSharePolicy.Share(maximumSlots: 2)])).count == 2)
            #expect(try await scene.claim(10, fair(["a": FairSharePolicy.Share(maximumSlots: 5)])).count == 3)
            #expect(try await scene.claim(10, fair(["a": FairSharePolicy.Share(maximumSlots: 1)])).isEmpty)
            #expect(try await scene.claim(10, .open).count == 10)
        },
        ConformanceCheck("D6 every way to free a slot makes room below a cap") { scene in
            let rules = fair(["a": FairSharePolicy.Share(maximumSlots: 1)])
            let ends: [Completion.End] = [
                .success(output: nil), .failure(.permanent), .retry(at: t(900), .passing), .snooze(until: t(900)),
                .preempted(.preempted), .cancelled(.stopped),
            ]
            for end in ends {
                let id = try await scene.add(group: "a")
                try await scene.finish(scene.claimOnly(id, rules.with { _ in }), end)
                if case .preempted = end { _ = try await scene.store.cancel(id, at: t(2)) }
            }
            var successor = JobSubmission.keyed("k", priority: .normal, .supersede)
            successor.group = "a"
            let id = try await scene.add(successor)
            try await scene.claimOnly(id, rules)
            let next = try await scene.add(successor)
            try await scene.claimOnly(next, rules, at: t(3))
        },
        ConformanceCheck("D6 a paused group does not reduce the share of another") { scene in
            try await add(10, of: "a", "b", in: scene)
            try await scene.store.pause(Pause(.group("a")), at: t(0))
            #expect(
                count(
                    try await scene.claim(6, fair(["a": FairSharePolicy.Share(weight: 100, minimumSlots: 4)])), of: "b")
                    == 6)
        },
        ConformanceCheck("D6 setting the clock back does not change how slots are divided") { scene in
            try await add(20, of: "a", "b", in: scene)
            let rules = fair()
            let first = try await scene.claim(4, rules, at: t(1000))
            let result = try await scene.turn(
                finishing: first.map { .of($0, at: t(5)) }, claiming: 4, rules, at: t(5))
            #expect(count(result.claimed, of: "a") == 2)
        },
    ]
}
