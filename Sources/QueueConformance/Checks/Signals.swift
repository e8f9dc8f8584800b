import QueueModel
import Testing

extension StoreConformance {
    static let signals: [ConformanceCheck] = [
        ConformanceCheck("S9 a submission gives word of work") { scene in
            try await expectWork(in: scene) { try await scene.add() }
        },
        ConformanceCheck("S9 a batch gives word of work") { scene in
            try await expectWork(in: scene) {
                _ = try await scene.store.submit(contentsOf: [JobSubmission(type: "work")], at: t(1))
            }
        },
        ConformanceCheck("S9 a completion that unblocks another job gives word of work") { scene in
            let first = try await scene.add()
            try await scene.add(.after(first))
            let running = try await scene.claimOnly(first)
            try await expectWork(in: scene) { try await scene.finish(running) }
        },
        ConformanceCheck("S9 a job that goes back to the queue gives word of work") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            try await expectWork(in: scene) { try await scene.finish(running, .release(.interrupted)) }
        },
        ConformanceCheck("S9 a recovery, a closed worker, a resubmission and a lifted hold give word of work") {
            scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            try await expectWork(in: scene) { _ = try await scene.store.recover(at: t(2000), maximumCrashes: 3) }
            let other = try await scene.store.openWorker(lease: Scene.lease, at: t(2000))
            try await scene.claimOnly(id, by: other, at: t(2001))
            try await expectWork(in: scene) { try await scene.store.closeWorker(other, at: t(2002)) }
            _ = try await scene.store.cancel(id, at: t(2003))
            try await expectWork(in: scene) { _ = try await scene.store.resubmit(id, at: t(2004)) }
            try await scene.store.pause(Pause(.queue), at: t(2005))
            try await expectWork(in: scene) { _ = try await scene.store.resume(.queue, reason: nil, at: t(2006)) }
        },
        ConformanceCheck("E6 a cancel of a running job gives word to stop it") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.cancel(id, at: t(2))
            observation.cancel()
            #expect(log.stopped == [id])
        },
        ConformanceCheck("L5 whoever still runs a job that is taken from its worker gets word to stop it") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.recover(at: t(2000), maximumCrashes: 3)
            observation.cancel()
            #expect(log.stopped == [id])
        },
        ConformanceCheck("E6 a cancel of a job that does not run gives no word to stop") { scene in
            let id = try await scene.add()
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.cancel(id, at: t(2))
            observation.cancel()
            #expect(log.stopped.isEmpty)
        },
        ConformanceCheck("S9 every observer is told, until its observation ends") { scene in
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
        ConformanceCheck("S9 what a signal tells of is there when it comes") { scene in
            let (signals, continuation) = AsyncStream.makeStream(
                of: StoreSignal.self, bufferingPolicy: .bufferingOldest(1))
            let observation = scene.store.observe { continuation.yield($0) }
            let id = try await scene.add()
            for await signal in signals {
                #expect(signal == .work)
                break
            }
            observation.cancel()
            try await scene.claimOnly(id)
        },
    ]

    private static func expectWork(
        in scene: Scene, sourceLocation: SourceLocation = #_sourceLocation, after body: () async throws -> Void
    ) async throws {
        let log = SignalLog()
        let observation = scene.store.observe(log.take)
        try await body()
        observation.cancel()
        #expect(log.hasWork, "whoever waits for work is told", sourceLocation: sourceLocation)
    }
}
