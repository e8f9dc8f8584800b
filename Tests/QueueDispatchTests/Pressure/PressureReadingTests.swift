import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Pressure of a queue") struct PressureReadingTests {
    /// A source that says what it is told to.
    struct Shown: PressureSource {
        let name: String
        let value: Double
        var isAvailable = true

        func pressure() -> Double { value }
    }

    @Test(
        "D9 the highest source counts, within 0…1",
        arguments: [
            ([], 0), ([0.2, 0.9, 0.4], 0.9), ([7], 1), ([-1], 0), ([.nan, 0.3], 0.3), ([.infinity], 1), ([.nan], 0),
        ] as [([Double], Double)])
    func highest(pressures: [Double], counts: Double) {
        #expect(HighestPressure.read(pressures.map { Shown(name: "a", value: $0) }) == counts)
    }

    @Test("D9 a queue shows the pressure by source, in the order of its settings")
    func bySource() throws {
        var rig = Rig()
        rig.configuration.pressure = [
            Shown(name: "b", value: 0.5), Shown(name: "a", value: 3), Shown(name: "c", value: .nan),
            Shown(name: "d", value: 0, isAvailable: false),
        ]
        let readings = try rig.queue { Worker() }.inspector.pressure()
        #expect(readings.map(\.name) == ["b", "a", "c", "d"])
        #expect(readings.map(\.value) == [0.5, 1, 0, 0])
        #expect(readings.map(\.isAvailable) == [true, true, false, false])
        #expect(try Rig().queue { Worker() }.inspector.pressure().isEmpty)
    }

    @Test("D9 a queue that starts warns of each source that has nothing to measure, once")
    func warning() async throws {
        var rig = Rig()
        let blind = MeasuredPressure.cpu(of: FakeKernel().machine, every: .seconds(1), clock: rig.time.clock)
        rig.configuration.pressure = [Shown(name: "seeing", value: 0), blind]
        let queue = try rig.queue { Worker() }
        let id = try await queue.submit(Work(), SubmitOptions(priority: .idle)).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.state == .completed)
        #expect(rig.log.lines(.warning, containing: "pressure").count == 1)
        #expect(rig.log.lines(.warning, containing: "\"cpu\"").count == 1)
    }

    @Test("D9 a queue holds back by its own policy")
    func ownPolicy() async throws {
        var rig = Rig()
        rig.configuration.pressure = [Shown(name: "a", value: 0.3)]
        rig.configuration.pressurePolicy = PressurePolicy([.holdBack(100, above: 0.2)])
        let queue = try rig.queue { Worker() }
        let held = try await queue.submit(Work(), SubmitOptions(priority: 100)).id
        let free = try await queue.submit(Work(), SubmitOptions(priority: 99)).id
        try await whileRunning(queue) {
            try await queue.expectEnd(of: free, .completed)
            #expect(try await queue.job(held)?.state == .pending)
        }
    }

    @Test(
        "D9 each setting of a source has its range, checked when a queue is made with it",
        arguments: [
            (.cpu(every: .milliseconds(10)), true), (.cpu(every: .seconds(60)), true),
            (.cpu(every: .milliseconds(9)), false), (.memory(every: .seconds(61)), false),
            (.memory(every: .seconds(-1)), false), (.disk(bytesPerSecond: 1), true),
            (.disk(bytesPerSecond: 0), false), (.disk(bytesPerSecond: .max), true),
            (.disk(bytesPerSecond: 1, every: .zero), false), (.network(bytesPerSecond: 1), true),
            (.network(bytesPerSecond: -5), false), (.network(bytesPerSecond: 1, every: .zero), false),
            (QueueDepthPressure(capacity: 1) { 0 }, true), (QueueDepthPressure(capacity: 0) { 0 }, false),
            (QueueDepthPressure(capacity: 1, interval: .zero) { 0 }, false),
            (QueueDepthPressure(of: MemoryJobStore(), capacity: -1), false),
        ] as [(any PressureSource, Bool)])
    func ranges(source: any PressureSource, isAllowed: Bool) {
        var rig = Rig()
        rig.configuration.pressure = [source]
        // Nobody has to check a source, and it must not trap then.
        #expect(!source.pressure().isNaN)
        do throws(QueueError) {
            _ = try rig.queue { Worker() }
            #expect(isAllowed)
        } catch {
            #expect(!isAllowed && error.code == .invalidOption)
        }
    }

    @Test("D9 a queue refuses a policy that contradicts itself")
    func badPolicy() {
        var rig = Rig()
        rig.configuration.pressurePolicy = PressurePolicy([.holdBack(.normal, above: 2)])
        #expect(throws: QueueError.self) { try rig.queue { Worker() } }
    }
}
