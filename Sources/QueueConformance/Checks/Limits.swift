import QueueModel
import QueueStoreKit
import Testing

enum LimitsChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D3 a group's limit applies within one claim and over several") { scene in
            let ids = try await scene.add(count: 4, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 2)])
            let claimed = try await scene.claim(10, rules)
            #expect(claimed.map(\.id) == Array(ids[..<2]))
            #expect(try await scene.claim(10, rules).isEmpty)
            try await scene.finish(claimed[0])
            #expect(try await scene.claim(10, rules).map(\.id) == [ids[2]])
        },
        ConformanceCheck("D3 slots freed by completions are available to the claim of the same turn") { scene in
            let ids = try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            let running = try await scene.claimOnly(ids[0], rules)
            let result = try await scene.turn(finishing: [.of(running)], claiming: 5, rules)
            #expect(result.claimed.map(\.id) == [ids[1]])
        },
        ConformanceCheck("D3 every end of an attempt frees its slot") { scene in
            let rules = AdmissionRules.of("work", otherGroups: GroupRule(limit: 1))
            let ends: [Completion.End] = [
                .success(output: nil), .failure(.permanent), .deadLetter(.passing), .cancelled(.stopped),
                .retry(at: t(900), .passing), .snooze(until: t(900)),
            ]
            for end in ends {
                let id = try await scene.add(group: "g")
                let running = try await scene.claimOnly(id, rules)
                try await scene.finish(running, end)
            }
            let last = try await scene.add(group: "g")
            try await scene.claimOnly(last, rules)
        },
        ConformanceCheck("D3 a retry in place keeps its slot") { scene in
            let ids = try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            let running = try await scene.claimOnly(ids[0], rules)
            try await scene.finish(running, .retryInPlace(.passing))
            #expect(try await scene.claim(5, rules).isEmpty)
        },
        ConformanceCheck("D3 a shared group limit counts the jobs of all workers") { scene in
            try await scene.add(count: 4, JobSubmission(type: "work", group: "g"))
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 3, scope: .shared)])
            #expect(try await scene.claim(2, rules).count == 2)
            #expect(try await scene.claim(10, by: other, rules).count == 1)
            #expect(try await scene.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D3 a group limit per worker counts only its own jobs") { scene in
            try await scene.add(count: 6, JobSubmission(type: "work", group: "g"))
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 2, scope: .worker)])
            #expect(try await scene.claim(10, rules).count == 2)
            #expect(try await scene.claim(10, by: other, rules).count == 2)
            #expect(try await scene.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D3 each group without a rule of its own follows the rule for other groups") { scene in
            for group in ["a", "a", "b", "b", "own", "own"] { try await scene.add(group: group) }
            let rules = AdmissionRules.of(
                "work", groups: ["own": GroupRule(limit: nil)], otherGroups: GroupRule(limit: 1))
            #expect(try await scene.claim(10, rules).map(\.group) == ["a", "b", "own", "own"])
        },
        ConformanceCheck("D3 jobs without a group have no group limit") { scene in
            try await scene.add(count: 3)
            #expect(try await scene.claim(10, .of("work", otherGroups: GroupRule(limit: 0))).count == 3)
        },
        ConformanceCheck("D3 a group's limit counts jobs of all types") { scene in
            try await scene.add("other", group: "g")
            try await scene.add("work", group: "g")
            let rules = AdmissionRules.of("work", "other", groups: ["g": GroupRule(limit: 1)])
            #expect(try await scene.claim(10, rules).map(\.type) == ["other"])
            #expect(try await scene.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D3 running jobs of types that the rules do not name count in their group") {
            scene in
            let running = try await scene.add("other", group: "g")
            try await scene.claimOnly(running, .of("other"))
            try await scene.add("work", group: "g")
            #expect(try await scene.claim(10, .of("work", groups: ["g": GroupRule(limit: 1)])).isEmpty)
        },
        ConformanceCheck("D3 a domain's limit counts the worker's jobs of all types of the domain") { scene in
            for type in ["m.a", "m.b", "m.a", "n.a"] as [JobType] { try await scene.add(type) }
            let rules = AdmissionRules.domains(DomainRule(name: "m", limit: 2), DomainRule(name: "n"))
            let claimed = try await scene.claim(10, rules)
            #expect(claimed.map(\.type) == ["m.a", "m.b", "n.a"])
            #expect(try await scene.claim(10, rules).isEmpty)
            try await scene.finish(claimed[1])
            #expect(try await scene.claim(10, rules).map(\.type) == ["m.a"])
        },
        ConformanceCheck("D3 a domain's limit does not count another worker's jobs") { scene in
            for _ in 0..<2 { try await scene.add("m.a") }
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let rules = AdmissionRules.domains(DomainRule(name: "m", limit: 1))
            #expect(try await scene.claim(10, rules).count == 1)
            #expect(try await scene.claim(10, by: other, rules).count == 1)
        },
        ConformanceCheck("D3 a limit of zero admits nothing") { scene in
            try await scene.add("m.a")
            #expect(try await scene.claim(10, .domains(DomainRule(name: "m", limit: 0))).isEmpty)
        },
        ConformanceCheck("D3 a lowered limit lets running jobs finish and applies from the next claim") { scene in
            let ids = try await scene.add(count: 4, JobSubmission(type: "work", group: "g"))
            let wide = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 3)])
            let running = try await scene.claim(10, wide)
            #expect(running.count == 3)
            let narrow = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            #expect(try await scene.claim(10, narrow).isEmpty)
            try await scene.finish(running[0])
            try await scene.finish(running[1])
            #expect(try await scene.claim(10, narrow).isEmpty)
            try await scene.finish(running[2])
            #expect(try await scene.claim(10, narrow).map(\.id) == [ids[3]])
        },
        ConformanceCheck("D3 limits count jobs that were running when the store was reopened", requires: .persistent) {
            scene in
            try await scene.add(count: 2, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            #expect(try await scene.claim(1, rules).count == 1)
            let after = try await scene.reopened()
            #expect(try await after.claim(10, rules).isEmpty)
        },
        ConformanceCheck("D3 a shared limit applies when many workers claim concurrently") { scene in
            try await scene.add(count: 40, JobSubmission(type: "work", group: "g"))
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 5)])
            let claimed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let worker = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
                        return try await scene.claim(3, by: worker, rules).count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(claimed == 5)
        },
        ConformanceCheck("D3 a job that waits for children takes no slot") { scene in
            let rules = AdmissionRules.of("work", otherGroups: GroupRule(limit: 1))
            let parent = try await scene.add(group: "g")
            let running = try await scene.claimOnly(parent, rules)
            let child = try await scene.add(JobSubmission(type: "work", group: "g", parent: parent))
            #expect(try await scene.finish(running) == .recorded(.waiting))
            try await scene.claimOnly(child, rules, at: t(3))
        },
        ConformanceCheck("D2 a thousand full groups hold back no other job") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<1000).map { JobSubmission(type: "work", priority: .high, group: "g\($0)") }, at: t(0))
            let free = try await scene.add()
            #expect(try await scene.claim(5, .of("work", otherGroups: GroupRule(limit: 0))).map(\.id) == [free])
        },
    ]
}
