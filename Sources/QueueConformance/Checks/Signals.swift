import QueueModel
import QueueStoreKit
import Testing

enum SignalsChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("S9 a submission signals work") { scene in
            try await expectWork(in: scene) { try await scene.add() }
        },
        ConformanceCheck("S9 a batch signals work") { scene in
            try await expectWork(in: scene) {
                _ = try await scene.store.submit(contentsOf: [JobSubmission(type: "work")], at: t(1))
            }
        },
        ConformanceCheck("S9 a completion that unblocks another job signals work") { scene in
            let first = try await scene.add()
            try await scene.add(.after(first))
            let running = try await scene.claimOnly(first)
            try await expectWork(in: scene) { try await scene.finish(running) }
        },
        ConformanceCheck("S9 a job that returns to the queue signals work") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            try await expectWork(in: scene) { try await scene.finish(running, .release(.interrupted)) }
        },
        ConformanceCheck("S9 a recovery, a closed worker, a resubmission and a lifted pause signal work") {
            scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            try await expectWork(in: scene) {
                _ = try await scene.store.recover(at: HostTime(t(2000)), maximumCrashes: 3)
            }
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(2000)))
            try await scene.claimOnly(id, by: other, at: t(2001))
            try await expectWork(in: scene) { try await scene.store.closeWorker(other, at: t(2002)) }
            _ = try await scene.store.cancel(id, at: t(2003))
            try await expectWork(in: scene) { _ = try await scene.store.resubmit(id, at: t(2004)) }
            try await scene.store.pause(Pause(.queue), at: t(2005))
            try await expectWork(in: scene) { _ = try await scene.store.resume(.queue, reason: nil, at: t(2006)) }
        },
        ConformanceCheck(
            "S9 a freed slot of a shared limit signals work to the workers that wait for it"
        ) {
            scene in
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 2)])
            let running = try await scene.fill(rules)
            _ = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(1)))
            // The turn that frees the slot may take it itself, or not claim at all.
            try await expectWork(in: scene) {
                try await scene.turn(finishing: [.of(running[0])], claiming: 0, rules, at: t(2))
            }
            try await scene.claim(1, rules, at: t(3))
            try await expectWork(in: scene) { try await scene.finish(running[1], at: t(4)) }
        },
        ConformanceCheck("S9 a job that ends because its worker closed signals work to those that wait for its slot") {
            scene in
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 2)])
            let running = try await scene.fill(rules)
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(1)))
            for record in running { _ = try await scene.store.cancel(record.id, at: t(2)) }
            try await expectWork(in: scene) { try await scene.store.closeWorker(scene.worker, at: t(3)) }
            #expect(try await scene.claim(100, by: other, rules, at: t(4)).count == 2)
        },
        ConformanceCheck("S9 a dead letter of a recovery signals work to those that wait for its slot") { scene in
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            let id = try await scene.add(group: "g")
            var scene = scene
            for crash in 0..<3 {
                try await scene.claimOnly(id, rules, at: t(Int64(crash) * 2000))
                // The job ends with its last crash, which frees its slot for this one.
                if crash == 2 { try await scene.add(group: "g") }
                let log = SignalLog()
                let observation = scene.store.observe(log.take)
                scene = try await scene.crashed(at: t(Int64(crash) * 2000), maximumCrashes: 1).scene
                observation.cancel()
                #expect(log.hasWork)
            }
            try await scene.expect(id, is: .deadLettered)
        },
        ConformanceCheck("S9 a freed slot signals no work if no other worker can wait for it") { scene in
            let shared = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 2)])
            var running = try await scene.fill(shared)
            // There is no other worker.
            try await expectNoWork(in: scene) {
                running += try await scene.turn(finishing: [.of(running[0])], claiming: 0, shared, at: t(2)).claimed
            }
            running = try await scene.claim(1, shared, at: t(3)) + running[1...]
            _ = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(3)))
            // The worker claims the job itself.
            try await expectNoWork(in: scene) {
                running += try await scene.turn(finishing: [.of(running[0])], claiming: 1, shared, at: t(4)).claimed
            }
            // The limit is per worker, or there is none.
            for rule in [GroupRule(limit: 2, scope: .worker), GroupRule()] {
                try await expectNoWork(in: scene) {
                    let rules = AdmissionRules.of("work", groups: ["g": rule])
                    let ended = running.removeLast()
                    try await scene.turn(finishing: [.of(ended)], claiming: 0, rules, at: t(5))
                }
            }
        },
        ConformanceCheck("S9 a freed slot signals no work if no job waits for it") { scene in
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 1)])
            let id = try await scene.add(group: "g")
            try await scene.add(group: "another")
            let running = try await scene.claimOnly(id, rules)
            _ = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(1)))
            try await expectNoWork(in: scene) {
                try await scene.turn(finishing: [.of(running)], claiming: 0, rules, at: t(2))
            }
        },
        ConformanceCheck("S9 a retry in place frees no slot and signals no work") { scene in
            let rules = AdmissionRules.of("work", groups: ["g": GroupRule(limit: 2)])
            let running = try await scene.fill(rules)
            _ = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(1)))
            try await expectNoWork(in: scene) { try await scene.finish(running[0], .retryInPlace(.passing)) }
        },
        ConformanceCheck("S9 a work signal carries a priority at least as urgent as all the work") { scene in
            #expect(try await work(in: scene) { try await scene.add(priority: 77) } == 77)
            let batch = [90, 70, 80].map { JobSubmission(type: "work", priority: Priority(rawValue: $0)) }
            #expect(try await work(in: scene) { _ = try await scene.store.submit(contentsOf: batch, at: t(1)) } == 70)
            let first = try await scene.add(priority: 5)
            var dependent = JobSubmission.after(first)
            dependent.priority = 9
            let blocked = try await work(in: scene) { try await scene.add(dependent) }
            #expect(blocked == nil, "what is blocked can't be claimed")
            let running = try await scene.claimOnly(first)
            let unblocked = try await work(in: scene) { try await scene.finish(running) }
            #expect(unblocked.map { $0 <= 9 } ?? false)
        },
        ConformanceCheck("D7 raising a job signals work of its new priority") { scene in
            try await scene.add(.keyed("k", priority: .background))
            let raised = try await work(in: scene) {
                _ = try await scene.store.submit(.keyed("k", priority: .realtime), at: t(1))
            }
            #expect(raised == .realtime)
        },
        ConformanceCheck("D8 setting or lifting a pause signals it, and lifting an unknown one does not") {
            scene in
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            try await scene.store.pause(Pause(.queue, reason: "a"), at: t(1))
            #expect(log.all.contains(.pauses))
            #expect(!log.hasWork)
            log.clear()
            _ = try await scene.store.resume(.queue, reason: "b", at: t(2))
            #expect(log.all.isEmpty)
            _ = try await scene.store.resume(.queue, reason: "a", at: t(3))
            #expect(log.all.contains(.pauses))
            #expect(log.hasWork)
            observation.cancel()
        },
        ConformanceCheck("E6 cancelling a running job signals to stop it") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.cancel(id, at: t(2))
            observation.cancel()
            #expect(log.stopped == [id])
        },
        ConformanceCheck("L5 taking a running job from its worker signals to stop it") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.recover(at: HostTime(t(2000)), maximumCrashes: 3)
            observation.cancel()
            #expect(log.stopped == [id])
        },
        ConformanceCheck("E6 cancelling a job that does not run signals no stop") { scene in
            let id = try await scene.add()
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.cancel(id, at: t(2))
            observation.cancel()
            #expect(log.stopped.isEmpty)
        },
        ConformanceCheck("S9 every observer is notified until its observation ends") { scene in
            let first = SignalLog()
            let second = SignalLog()
            let one = scene.store.observe(first.take)
            let two = scene.store.observe(second.take)
            try await scene.add()
            #expect(first.hasWork)
            #expect(second.hasWork)
            one.cancel()
            one.cancel()
            first.clear()
            second.clear()
            try await scene.add()
            #expect(!first.hasWork)
            #expect(second.hasWork)
            two.cancel()
        },
        ConformanceCheck("S9 an observation ends when it is released") { scene in
            let log = SignalLog()
            do {
                let observation = scene.store.observe(log.take)
                try await scene.add()
                withExtendedLifetime(observation) {}
            }
            log.clear()
            try await scene.add()
            #expect(!log.hasWork)
        },
        ConformanceCheck("S9 the change that a signal announces is visible when it arrives") { scene in
            let (signals, continuation) = AsyncStream.makeStream(
                of: StoreSignal.self, bufferingPolicy: .bufferingOldest(1))
            let observation = scene.store.observe { continuation.yield($0) }
            let id = try await scene.add()
            for await signal in signals {
                #expect(signal == .work(.normal))
                break
            }
            observation.cancel()
            try await scene.claimOnly(id)
        },
    ]

    /// Returns the most urgent priority of signaled work.
    private static func work(in scene: Scene, after body: () async throws -> Void) async throws -> Priority? {
        let log = SignalLog()
        let observation = scene.store.observe(log.take)
        try await body()
        observation.cancel()
        return log.work
    }

    private static func expectWork(
        in scene: Scene, sourceLocation: SourceLocation = #_sourceLocation, after body: () async throws -> Void
    ) async throws {
        let log = SignalLog()
        let observation = scene.store.observe(log.take)
        try await body()
        observation.cancel()
        #expect(log.hasWork, "work is signaled", sourceLocation: sourceLocation)
    }

    private static func expectNoWork(
        in scene: Scene, sourceLocation: SourceLocation = #_sourceLocation, after body: () async throws -> Void
    ) async throws {
        let log = SignalLog()
        let observation = scene.store.observe(log.take)
        try await body()
        observation.cancel()
        #expect(!log.hasWork, "nobody is woken for nothing", sourceLocation: sourceLocation)
    }
}

extension Scene {
    /// Submits six jobs of the group `g`, and claims the two that its limit allows.
    fileprivate func fill(_ rules: AdmissionRules) async throws -> [JobRecord] {
        try await add(count: 6, JobSubmission(type: "work", group: "g"))
        let claimed = try await claim(100, rules)
        try #require(claimed.count == 2)
        return claimed
    }
}
