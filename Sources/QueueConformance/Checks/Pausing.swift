import QueueModel
import QueueStoreKit
import Testing

enum PausingChecks {
    private static let rules = AdmissionRules.domains(DomainRule(name: "m"), DomainRule(name: "n"))

    static let all: [ConformanceCheck] = [
        ConformanceCheck("D8 a paused queue starts nothing until it is resumed") { scene in
            let id = try await scene.add()
            try await scene.store.pause(Pause(.queue), at: t(0))
            #expect(try await scene.claim().isEmpty)
            try await scene.expect(id, is: .pending)
            #expect(try await scene.store.resume(.queue, reason: nil, at: t(2)))
            try await scene.claimOnly(id, at: t(3))
        },
        ConformanceCheck("D8 a paused domain holds back its types and no others") { scene in
            let paused = try await scene.add("m.a")
            let secondPaused = try await scene.add("m.b")
            let free = try await scene.add("n.a")
            try await scene.store.pause(Pause(.domain("m")), at: t(0))
            #expect(try await scene.claim(10, rules).map(\.id) == [free])
            #expect(try await scene.store.resume(.domain("m"), reason: nil, at: t(2)))
            #expect(try await scene.claim(10, rules, at: t(3)).map(\.id) == [paused, secondPaused])
        },
        ConformanceCheck("D8 a paused group holds back its jobs of all types and no others") { scene in
            let paused = try await scene.add("m.a", group: "g")
            let secondPaused = try await scene.add("n.a", group: "g")
            let other = try await scene.add("m.a", group: "h")
            let none = try await scene.add("m.a")
            try await scene.store.pause(Pause(.group("g")), at: t(0))
            #expect(try await scene.claim(10, rules).map(\.id) == [other, none])
            #expect(try await scene.store.resume(.group("g"), reason: nil, at: t(2)))
            #expect(try await scene.claim(10, rules, at: t(3)).map(\.id) == [paused, secondPaused])
        },
        ConformanceCheck("D8 a pause of a domain does not affect a group of the same name") { scene in
            let id = try await scene.add("n.a", group: "m")
            try await scene.store.pause(Pause(.domain("m")), at: t(0))
            try await scene.claimOnly(id, rules)
        },
        ConformanceCheck("D8 a pause set before any job exists applies to jobs submitted later") { scene in
            try await scene.store.pause(Pause(.group("g")), at: t(0))
            try await scene.add(group: "g")
            #expect(try await scene.claim().isEmpty)
        },
        ConformanceCheck("D8 a target paused for several reasons resumes when the last is lifted") { scene in
            let id = try await scene.add()
            try await scene.store.pause(Pause(.queue, reason: "a"), at: t(0))
            try await scene.store.pause(Pause(.queue, reason: "b"), at: t(0))
            #expect(try await scene.store.resume(.queue, reason: "a", at: t(1)))
            #expect(try await scene.claim(at: t(2)).isEmpty)
            #expect(try await scene.store.resume(.queue, reason: "b", at: t(3)))
            try await scene.claimOnly(id, at: t(4))
        },
        ConformanceCheck("D8 resuming without a reason lifts all pauses of the target and no others") { scene in
            for reason in ["a", "b"] {
                try await scene.store.pause(Pause(.group("g"), reason: reason), at: t(0))
                try await scene.store.pause(Pause(.group("h"), reason: reason), at: t(0))
            }
            #expect(try await scene.store.resume(.group("g"), reason: nil, at: t(1)))
            let left = try await scene.store.pauses(at: t(2))
            #expect(left.count == 2)
            #expect(left.allSatisfy { $0.target == .group("h") })
        },
        ConformanceCheck("D8 resuming a target that is not paused reports so") { scene in
            #expect(try await scene.store.resume(.queue, reason: nil, at: t(1)) == false)
            try await scene.store.pause(Pause(.queue, reason: "a"), at: t(1))
            #expect(try await scene.store.resume(.queue, reason: "b", at: t(2)) == false)
            #expect(try await scene.store.resume(.group("queue"), reason: nil, at: t(2)) == false)
            #expect(try await scene.store.pauses(at: t(3)).count == 1)
        },
        ConformanceCheck("D8 a pause with an end expires at it") { scene in
            let id = try await scene.add()
            try await scene.store.pause(Pause(.queue, until: t(10)), at: t(0))
            #expect(try await scene.claim(at: t(9)).isEmpty)
            #expect(try await scene.store.pauses(at: t(9)).count == 1)
            #expect(try await scene.store.pauses(at: t(10)).isEmpty)
            try await scene.claimOnly(id, at: t(10))
        },
        ConformanceCheck("D8 a second pause with the same target and reason replaces the first") { scene in
            try await scene.store.pause(Pause(.queue, reason: "a", until: t(10)), at: t(0))
            try await scene.store.pause(Pause(.queue, reason: "a", until: t(20)), at: t(1))
            #expect(try await scene.store.pauses(at: t(2)) == [Pause(.queue, reason: "a", until: t(20))])
            try await scene.store.pause(Pause(.queue, reason: "a"), at: t(3))
            #expect(try await scene.store.pauses(at: t(1000)) == [Pause(.queue, reason: "a")])
        },
        ConformanceCheck("D8 pauses are listed in the order they were set, with names of every kind") { scene in
            let pauses: Set<Pause> = [
                Pause(.queue), Pause(.domain("m"), reason: "it's 100% \"late\"", until: t(50)),
                Pause(.group("grüße 👩‍👩‍👧‍👦"), reason: "日本語"), Pause(.group("m"), reason: "paused"),
            ]
            for pause in pauses { try await scene.store.pause(pause, at: t(0)) }
            #expect(Set(try await scene.store.pauses(at: t(1))) == pauses)
        },
        ConformanceCheck("D8 jobs that run when a pause is set continue") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            try await scene.store.pause(Pause(.queue), at: t(2))
            #expect(try await scene.finish(running, at: t(3)) == .recorded(.completed))
        },
        ConformanceCheck("D8 a paused queue accepts submissions, cancels and completions") { scene in
            try await scene.store.pause(Pause(.queue), at: t(0))
            let first = try await scene.add()
            let second = try await scene.add(.after(first))
            _ = try await scene.store.cancel(first, at: t(1))
            try await scene.expect(second, is: .dependencyFailed)
        },
        ConformanceCheck("D8 a pause applies to all workers") { scene in
            try await scene.add()
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            try await scene.store.pause(Pause(.queue), at: t(0))
            #expect(try await scene.claim(by: other).isEmpty)
        },
        ConformanceCheck("D8 a pause remembers whether it stops running jobs", requires: .persistent) { scene in
            let pauses: Set<Pause> = [Pause(.queue, stopsRunning: true), Pause(.group("g"), reason: "b")]
            for pause in pauses { try await scene.store.pause(pause, at: t(0)) }
            #expect(Set(try await scene.store.pauses(at: t(1))) == pauses)
            let after = try await scene.reopened()
            #expect(Set(try await after.store.pauses(at: t(1))) == pauses)
            try await after.store.pause(Pause(.queue), at: t(2))
            #expect(try await after.store.pauses(at: t(3)).contains(Pause(.queue)), "the later replaces the earlier")
        },
        ConformanceCheck("D8 a target with several pauses that have ends resumes when the last has expired") { scene in
            let id = try await scene.add()
            try await scene.store.pause(Pause(.queue, reason: "a", until: t(10)), at: t(0))
            try await scene.store.pause(Pause(.queue, reason: "b", until: t(20)), at: t(0))
            #expect(try await scene.claim(at: t(10)).isEmpty)
            #expect(try await scene.claim(at: t(19)).isEmpty)
            try await scene.claimOnly(id, at: t(20))
        },
        ConformanceCheck("D8 pauses of the queue, the domain and the group of a job must all be lifted") { scene in
            let id = try await scene.add("m.a", group: "g")
            let targets = [Pause.Target.queue, .domain("m"), .group("g")]
            for target in targets { try await scene.store.pause(Pause(target), at: t(0)) }
            for target in targets {
                #expect(try await scene.claim(10, rules).isEmpty)
                _ = try await scene.store.resume(target, reason: nil, at: t(1))
            }
            try await scene.claimOnly(id, rules)
        },
        ConformanceCheck("D8 an expired pause applies again after the clock was set back") { scene in
            try await scene.add()
            try await scene.store.pause(Pause(.queue, until: t(10)), at: t(0))
            #expect(try await scene.store.peek(.open, worker: scene.worker, at: t(10)) != nil)
            #expect(try await scene.claim(at: t(9)).isEmpty)
        },
        ConformanceCheck("D8 pauses are kept when the store is reopened", requires: .persistent) { scene in
            try await scene.add(group: "g")
            try await scene.store.pause(Pause(.group("g"), reason: "night", until: t(100)), at: t(0))
            let after = try await scene.reopened()
            #expect(try await after.store.pauses(at: t(1)) == [Pause(.group("g"), reason: "night", until: t(100))])
            #expect(try await after.claim().isEmpty)
        },
        ConformanceCheck("D2 a paused group of ten thousand jobs holds back no other job") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<10_000).map { _ in JobSubmission(type: "work", priority: .high, group: "g") }, at: t(0)
            )
            try await scene.store.pause(Pause(.group("g")), at: t(0))
            let free = try await scene.add(priority: .idle)
            try await scene.claimOnly(free)
        },
    ]
}
