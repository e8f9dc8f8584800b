import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization
import Testing

@Suite("Simulation")
struct SimulationTests {
    @Test("a day of polling and renewed leases passes in a moment, and the clocks move together")
    func day() {
        let report = Simulation(seed: 1) { world in
            let start = world.time.wall.now()
            let worker = try world.startWorker(.simulated()) { Nap() }
            try await worker.queue.submit(Napping(seconds: 3600))
            try await world.sleep(for: .seconds(86_400))
            if world.time.wall.now() != start.advanced(by: .seconds(86_400)) { world.fail("the clocks part") }
        }.run()
        #expect(report.violations == [])
        #expect(report.duration == .seconds(86_400))
        #expect(report.log.contains { $0.contains("ended(QueueModel.JobState.completed") })
    }

    @Test("L4 a worker that crashes leaves its job to the next one")
    func crash() {
        let report = Simulation(seed: 2) { world in
            let first = try world.startWorker(.simulated(), name: "first") { Nap() }
            let id = try await first.queue.submit(Napping(seconds: 10)).id
            try await world.sleep(for: .seconds(5))
            first.crash()
            first.crash()
            if first.isRunning { world.fail("it is dead") }
            try world.startWorker(.simulated(), name: "second") { Nap() }
            try await world.settle()
            let job = try await world.look { (store) async throws(QueueError) in try await store.job(id) }
            if job?.crashes != 1 || job?.attempt != 2 { world.fail("\(String(describing: job))") }
        }.run()
        #expect(report.violations == [])
        #expect(report.log.count { $0.hasSuffix("first: crashed") } == 1)
    }

    @Test("L5 a worker that gets no time loses its lease, is fenced and goes on")
    func freeze() {
        let report = Simulation(seed: 3) { world in
            let slow = try world.startWorker(.simulated(lease: .seconds(5)), name: "slow") { Nap() }
            try await slow.queue.submit(Napping(seconds: 4))
            try await world.sleep(for: .seconds(1))
            try world.startWorker(.simulated(lease: .seconds(5)), name: "other") { Nap() }
            try await slow.freeze(for: .seconds(60))
            try await slow.queue.submit(Napping(seconds: 1))
            try await world.settle()
        }.run()
        #expect(report.violations == [])
        #expect(report.log.contains { $0.contains("other: recovered") })
        #expect(report.log.contains { $0.contains("slow: warning") && $0.contains("lost its lease") })
    }

    @Test(
        "I10 nothing of a history stays in memory, nor of a queue that has stopped",
        arguments: 1...5 as ClosedRange<UInt64>)
    func memory(_ seed: UInt64) throws {
        let kept = Mutex<[Held]>([])
        let report = Simulation(seed: seed) { world in
            let workers = try (0..<3).map { _ in try world.startWorker(.simulated()) { Nap() } }
            for worker in workers { try await worker.queue.submit(Napping(seconds: 2)) }
            kept.withLock { $0 = [Held(world)] + workers.map { Held($0.queue) } + workers.map { Held($0) } }
            try await world.sleep(for: .seconds(1))
            workers[0].crash()
            try await world.settle()
        }.run()
        #expect(report.violations == [])
        let held = kept.withLock { $0 }
        #expect(held.count == 7)
        #expect(held.filter { $0.object != nil }.isEmpty)
    }

    @Test("L5 a host that sleeps longer than a lease, or whose clock is set, costs no worker its jobs")
    func hostSleep() {
        let report = Simulation(seed: 3) { world in
            let worker = try world.startWorker(.simulated(lease: .seconds(5))) { Nap() }
            try world.startWorker(.simulated(lease: .seconds(5)), name: "other") { Nap() }
            try await worker.queue.submit(Napping(seconds: 4000))
            try await world.sleep(for: .seconds(1))
            world.sleepHost(for: .seconds(3600))
            try await world.sleep(for: .seconds(7))
            world.setWallClock(by: .seconds(3600))
            try await world.sleep(for: .seconds(7))
            world.setWallClock(by: .seconds(-7200))
            try await world.settle()
        }.run()
        #expect(report.violations == [])
        #expect(!report.log.contains { $0.contains("recovered") || $0.contains("lost its lease") })
        #expect(report.log.contains { $0.contains("ended(QueueModel.JobState.completed") })
    }

    @Test("a crash in the middle of what a worker does may come at any step", arguments: 1...40)
    func crashAtAnyStep(_ step: Int) {
        let report = Simulation(seed: 4) { world in
            let first = try world.startWorker(.simulated(), name: "first") { Nap() }
            first.task { queue in _ = try await queue.submit(contentsOf: (1...5).map { Napping(seconds: $0) }) }
            try await first.crash(afterSteps: step, within: .seconds(2))
            try world.startWorker(.simulated(), name: "second") { Nap() }
            try await world.settle()
        }.run()
        #expect(report.violations == [])
    }

    @Test("C6 faults of the store are waited out")
    func faults() {
        let report = Simulation(seed: 5) { world in
            let worker = try world.startWorker(.simulated()) { Nap() }
            try await world.sleep(for: .seconds(1))
            worker.add(
                Fault(.operation(.turn), calls: 1...6, throwing: QueueError(.busy, "locked", isTransient: true)))
            worker.storeLatency = .milliseconds(200)
            try await worker.queue.submit(contentsOf: (1...5).map { Napping(seconds: $0) })
            try await world.settle()
            worker.removeFaults()
        }.run()
        #expect(report.violations == [])
        #expect(report.log.contains { $0.contains("claiming failed") })
    }

    @Test("what leaves the simulation is found")
    func escape() {
        let report = Simulation(seed: 6) { world in
            await Task {}.value
            try await world.sleep(for: .seconds(1))
        }.run()
        #expect(
            report.violations.contains { $0.contains("left the simulation") || $0.contains("no task can continue") })
    }

    @Test("tasks, groups, actors and the simulation's own tasks stay within")
    func staysWithin() {
        let report = Simulation(seed: 7) { world in
            let counter = Counting()
            async let one: Void = counter.add()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { await counter.add() } }
            }
            await one
            try await world.task { await counter.add() }.value
            await Task.yield()
            if await counter.count != 7 { world.fail("not all have come") }
        }.run()
        #expect(report.violations == [])
    }

    @Test("E7 blocking code, which has threads of its own, runs on the simulation's")
    func blocking() {
        let report = Simulation(seed: 12) { world in
            let worker = try world.startWorker(.simulated()) { Blocking() }
            try await worker.queue.submit(Napping(seconds: 1))
            try await world.settle()
        }.run()
        #expect(report.violations == [])
    }

    @Test("a scenario that waits for what never comes, throws or never ends is told of")
    func ends() {
        let waiting = Simulation(seed: 8) { _ in
            await withCheckedContinuation { (never: CheckedContinuation<Void, Never>) in
                Self.lost.withLock { $0 = never }
            }
        }.run()
        #expect(waiting.violations == ["no task can continue, and the scenario has not ended"])
        Self.lost.withLock { $0.take() }?.resume()

        let throwing = Simulation(seed: 9) { _ in throw JobError.permanent("no") }.run()
        #expect(throwing.violations == ["the scenario has thrown no"])

        var endless = Simulation(seed: 10) { world in
            while true { try await world.sleep(for: .seconds(1)) }
        }
        endless.stepLimit = 100
        #expect(endless.run().violations == ["the history has not ended after 100 steps"])
    }

    private static let lost = Mutex<CheckedContinuation<Void, Never>?>(nil)

    @Test("I9 jobs that never end are named")
    func starvation() {
        let report = Simulation(seed: 11) { world in
            let worker = try world.startWorker(.simulated()) { Nap() }
            try await worker.queue.pause(.queue)
            try await worker.queue.submit(Napping(seconds: 1))
            try await world.settle(within: .seconds(60))
        }.run()
        #expect(report.violations.first?.hasPrefix("I9: ") ?? false)
        #expect(report.violations.first?.contains("#1 is pending") ?? false)
    }
}

/// A job that takes its time.
struct Napping: Job {
    static let type: JobType = "nap"
    var seconds: Int

    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] { Array("\(seconds)".utf8) }
    static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Napping {
        Napping(seconds: Int(String(decoding: bytes, as: UTF8.self)) ?? 0)
    }
}

/// Sleeps on the queue's clock.
struct Nap: JobExecutor {
    @concurrent func execute(_ job: Napping, in context: JobContext) async throws {
        try await context.clock.sleep(for: .seconds(job.seconds))
    }
}

/// Code that would have a thread of its own.
struct Blocking: BlockingExecutor {
    func perform(_ job: Napping, in context: JobContext) throws {}
}

actor Counting {
    private(set) var count = 0
    func add() { count += 1 }
}

extension QueueConfiguration {
    /// A configuration for jobs that code themselves.
    static func simulated(lease: Duration = .seconds(30)) -> QueueConfiguration {
        var configuration = QueueConfiguration(coder: NoCoder(), concurrency: 4)
        configuration.lease = lease
        return configuration
    }
}

/// A coder that is never asked.
struct NoCoder: PayloadCoder {
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] { [] }
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        throw JobError.permanent("not coded by a coder")
    }
}

/// An object that is not kept by it.
private struct Held: @unchecked Sendable {
    // Read when the simulation is over, by one thread.
    private(set) weak var object: AnyObject?

    init(_ object: AnyObject) {
        self.object = object
    }
}
