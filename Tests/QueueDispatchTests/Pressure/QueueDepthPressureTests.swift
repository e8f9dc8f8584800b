import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization
import Testing

@testable import QueueDispatch

@Suite("Pressure of a queue's depth") struct QueueDepthPressureTests {
    private let clock = ManualClock()

    @Test(
        "D9 the depth is compared with the capacity",
        arguments: [(0, 0.0), (50, 0.25), (200, 1.0), (500, 2.5), (-5, 0.0)])
    func share(depth: Int, pressure: Double) {
        let source = QueueDepthPressure(capacity: 200, clock: clock) { depth }
        #expect(source.pressure() == pressure)
        #expect(PressureReading(source).value == min(pressure, 1))
    }

    @Test("D9 the depth is asked for once an interval")
    func interval() {
        let asked = Recorder<Void>()
        let source = QueueDepthPressure(capacity: 10, interval: .seconds(2), clock: clock) {
            asked.append(())
            return asked.all.count
        }
        #expect(asked.all.isEmpty)
        #expect([source.pressure(), source.pressure()] == [0.1, 0.1])
        clock.advance(by: .seconds(2))
        #expect([source.pressure(), source.pressure()] == [0.2, 0.2])
    }

    @Test("D9 a source that is asked while it measures tells what it knew")
    func whileMeasuring() {
        let box = Mutex<QueueDepthPressure?>(nil)
        let inner = Recorder<Double>()
        let source = QueueDepthPressure(capacity: 10, interval: .seconds(1), clock: clock) {
            if let source = box.withLock({ $0 }) { inner.append(source.pressure()) }
            return 5
        }
        #expect(source.pressure() == 0.5)
        box.withLock { $0 = source }
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.5)
        #expect(inner.all == [0.5])
        box.withLock { $0 = nil }
    }

    // MARK: Of a store

    private func source(
        _ count: @escaping @Sendable () async throws -> Int
    ) -> (counter: PendingCounter, source: QueueDepthPressure) {
        let counter = PendingCounter(every: .seconds(1), clock: clock, count: count)
        return (counter, QueueDepthPressure(counter, capacity: 4, name: "jobs", interval: .seconds(1)))
    }

    private func submit(_ count: Int, to store: any JobStore) async throws {
        for _ in 0..<count {
            _ = try await store.submit(JobSubmission(type: "a.b"), at: Timestamp(milliseconds: 1))
        }
    }

    @Test("D9 the pending jobs of a store are counted once an interval, and nobody waits for it")
    func pending() async throws {
        let store = MemoryJobStore()
        try await submit(2, to: store)
        let (counter, source) = source { try await store.counts()[.pending] }
        #expect(source.pressure() == 0)
        await counter.settled()
        #expect(source.pressure() == 0.5)
        try await submit(1, to: store)
        await counter.settled()
        #expect(source.pressure() == 0.5)
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.5)
        await counter.settled()
        #expect(source.pressure() == 0.75)
        #expect(source.name == "jobs")
    }

    @Test("D9 a store that can't count makes its source blind until it can")
    func failing() async {
        let isClosed = Flag()
        let (counter, source) = source {
            if isClosed.isSet { throw QueueError(.closed, "the store is closed") }
            return 3
        }
        for (closed, pressure) in [(false, 0.75), (true, 0), (false, 0.75)] {
            isClosed.isSet = closed
            clock.advance(by: .seconds(1))
            _ = source.pressure()
            await counter.settled()
            #expect(source.pressure() == pressure)
            #expect(source.isAvailable == !closed)
        }
    }

    @Test("D9 a slow store is counted once at a time")
    func slow() async {
        let gate = Gate()
        let (counter, source) = source {
            await gate.passUncancelled()
            return 2
        }
        for _ in 0..<10 {
            #expect(source.pressure() == 0)
            #expect(source.isAvailable)
            clock.advance(by: .seconds(1))
        }
        gate.open()
        await counter.settled()
        #expect(gate.arrivals == 1)
        #expect(source.pressure() == 0.5)
        await counter.settled()
        #expect(gate.arrivals == 2)
    }

    @Test("D9 a depth of the queue's own store lets the urgent jobs of a backlog go first")
    func ownStore() async throws {
        var rig = Rig(concurrency: 1)
        let store = rig.memory
        let counter = PendingCounter(every: .seconds(1), clock: clock) { try await store.counts()[.pending] }
        rig.configuration.pressure = [QueueDepthPressure(counter, capacity: 4, name: "jobs", interval: .seconds(1))]
        let queue = try rig.queue { Worker() }
        for _ in 0..<4 { _ = try await queue.submit(Work(), SubmitOptions(priority: .background)) }
        let urgent = try await queue.submit(Work(), SubmitOptions(priority: .high)).id
        #expect(queue.inspector.pressure().map(\.value) == [0])
        await counter.settled()
        #expect(queue.inspector.pressure().map(\.value) == [1])
        try await whileRunning(queue) {
            try await queue.expectEnd(of: urgent, .completed)
            #expect(try await queue.counts()[.pending] == 4)
        }
    }
}
