import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Pressure sources") struct SourceTests {
    private let clock = ManualClock()

    private func cpu(_ kernel: FakeKernel) -> MeasuredPressure {
        .cpu(of: kernel.machine, every: .seconds(1), clock: clock)
    }

    private func memory(_ kernel: FakeKernel) -> MeasuredPressure {
        .memory(of: kernel.machine, every: .seconds(1), clock: clock)
    }

    // MARK: Processors

    @Test("D9 processors: the first answer is 0, then it is the busy share of each interval")
    func cpu() {
        let kernel = FakeKernel()
        kernel.setTimes(busy: 1000, idle: 1000)
        let source = cpu(kernel)
        #expect(source.pressure() == 0)
        kernel.setTimes(busy: 1060, idle: 1040)
        #expect(source.pressure() == 0)
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.6)
        kernel.setTimes(busy: 1060, idle: 1140)
        clock.advance(by: .milliseconds(999))
        #expect(source.pressure() == 0.6)
        clock.advance(by: .milliseconds(1))
        #expect(source.pressure() == 0)
    }

    @Test("D9 processors: counters that say nothing new leave the share that was known")
    func frozen() {
        let kernel = FakeKernel()
        kernel.setTimes(busy: 0, idle: 0)
        let source = cpu(kernel)
        _ = source.pressure()
        kernel.setTimes(busy: 5, idle: 5)
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.5)
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.5)
    }

    @Test(
        "D9 processors: the more strained of machine and group counts, of whatever level",
        arguments: [
            // Busy of 100 ticks, the machine's; microseconds used, the own group's of 2 processors, the one's above of
            // half a one.
            (30, 200_000, 100_000, 0.3), (30, 1_000_000, 100_000, 0.5), (30, 200_000, 400_000, 0.8), (90, 0, 0, 0.9),
        ] as [(Int, Int, Int, Double)])
    func cpuOfGroup(busy: Int, own: Int, above: Int, pressure: Double) {
        let kernel = FakeKernel.grouped()
        kernel["/cg/a/b/cpu.max"] = "200000 100000\n"
        kernel["/cg/a/cpu.max"] = "50000 100000\n"
        kernel["/cg/cpu.max"] = "max 100000\n"
        kernel["/cg/cpu.stat"] = "usage_usec 1\n"
        func set(_ times: (Int, Int), _ own: Int, _ above: Int) {
            kernel.setTimes(busy: times.0, idle: times.1)
            kernel["/cg/a/b/cpu.stat"] = "usage_usec \(own)\nuser_usec 5\n"
            kernel["/cg/a/cpu.stat"] = "usage_usec \(above)\n"
        }
        set((700, 700), 5000, 9000)
        let source = cpu(kernel)
        #expect(source.pressure() == 0)
        clock.advance(by: .seconds(1))
        set((700 + busy, 800 - busy), 5000 + own, 9000 + above)
        #expect(abs(source.pressure() - pressure) < 1e-9)
    }

    @Test("D9 processors: a grant that comes while the source lives counts from then on")
    func laterGrant() {
        let kernel = FakeKernel.grouped()
        kernel["/cg/a/cpu.stat"] = "usage_usec 0\n"
        kernel.setTimes(busy: 0, idle: 100)
        let source = cpu(kernel)
        _ = source.pressure()
        kernel["/cg/a/cpu.max"] = "100000 100000\n"
        for (used, pressure) in [(900_000, 0.0), (1_800_000, 0.9), (5, 0.9), (500_005, 0.5)] {
            kernel["/cg/a/cpu.stat"] = "usage_usec \(used)\n"
            clock.advance(by: .seconds(1))
            #expect(source.pressure() == pressure)
        }
    }

    // MARK: Memory

    @Test("D9 memory: the most strained of use, stall and group counts")
    func memory() {
        let kernel = FakeKernel.grouped()
        let source = memory(kernel)
        func now() -> Double {
            clock.advance(by: .seconds(1))
            return source.pressure()
        }
        kernel.setMemory(total: 1000, available: 750)
        #expect(source.pressure() == 0.25)
        kernel["/proc/pressure/memory"] = "some avg10=40.00 avg60=0.00 avg300=0.00 total=1\n"
        #expect(now() == 0.4)
        // Without a limit a group is the machine's matter.
        kernel["/cg/a/memory.current"] = "900"
        kernel["/cg/a/memory.pressure"] = "some avg10=95.00 avg60=0.00 avg300=0.00 total=1\n"
        #expect(now() == 0.4)
        kernel["/cg/a/memory.max"] = "1000"
        kernel["/cg/a/memory.pressure"] = nil
        #expect(now() == 0.9)
        kernel["/cg/a/memory.pressure"] = "some avg10=95.00 avg60=0.00 avg300=0.00 total=1\n"
        #expect(now() == 0.95)
    }

    // MARK: Disk and network

    @Test("D9 disk: reads and writes together are compared with the capacity")
    func disk() {
        let kernel = FakeKernel()
        kernel.setDisk(sectorsRead: 5000, sectorsWritten: 5000)
        let source = MeasuredPressure.disk(
            of: kernel.machine, bytesPerSecond: 1 << 20, every: .seconds(1), clock: clock)
        #expect(source.pressure() == 0)
        kernel.setDisk(sectorsRead: 5512, sectorsWritten: 5512)
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.5)
    }

    @Test("D9 network: the busier direction is compared with the capacity", arguments: [(600, 100), (100, 600)])
    func network(received: Int, sent: Int) {
        let kernel = FakeKernel()
        kernel.setNetwork(received: 5000, sent: 5000)
        let source = MeasuredPressure.network(
            of: kernel.machine, bytesPerSecond: 1000, every: .seconds(1), clock: clock)
        #expect(source.pressure() == 0)
        kernel.setNetwork(received: 5000 + received, sent: 5000 + sent)
        clock.advance(by: .seconds(1))
        #expect(source.pressure() == 0.6)
    }

    @Test("D10 the sampler takes the machine's disks, or the group's where the kernel accounts for it")
    func sampler() throws {
        let kernel = FakeKernel.grouped()
        kernel.setDisk(sectorsRead: 2, sectorsWritten: 4)
        kernel.setNetwork(received: 7, sent: 9)
        let ofMachine = SystemSampler(kernel.machine)
        kernel["/cg/a/b/io.stat"] = "8:0 rbytes=5 wbytes=6 rios=1 wios=1 dbytes=0 dios=0\n"
        let ofGroup = SystemSampler(kernel.machine)
        let all = IOAmount(diskRead: 1024, diskWritten: 2048, networkReceived: 7, networkSent: 9)
        // What it counts does not change in the middle: the difference would mean nothing.
        #expect(try ofMachine.sample() == all)
        #expect(
            try ofGroup.sample() == IOAmount(diskRead: 5, diskWritten: 6, networkReceived: 7, networkSent: 9))
        kernel["/cg/a/b/io.stat"] = nil
        #expect(throws: QueueError.self) { try ofGroup.sample() }
    }

    @Test("D10 a sampler without a counter says which", arguments: ["disk", "network"])
    func blindSampler(missing: String) {
        let kernel = FakeKernel()
        if missing != "disk" { kernel.setDisk(sectorsRead: 2, sectorsWritten: 4) }
        if missing != "network" { kernel.setNetwork(received: 7, sent: 9) }
        do throws(QueueError) {
            _ = try SystemSampler(kernel.machine).sample()
            Issue.record("a sample without its counters")
        } catch {
            #expect(error.code == .io && error.message.contains(missing))
        }
    }

    // MARK: All

    private func all(_ kernel: FakeKernel) -> [any PressureSource] {
        [
            cpu(kernel), memory(kernel),
            MeasuredPressure.disk(of: kernel.machine, bytesPerSecond: 1000, every: .seconds(1), clock: clock),
            MeasuredPressure.network(of: kernel.machine, bytesPerSecond: 1000, every: .seconds(1), clock: clock),
        ]
    }

    @Test("D9 a source without its files tells 0, and that it is blind; it sees as soon as they are there")
    func blind() {
        let kernel = FakeKernel()
        let sources = all(kernel)
        for source in sources {
            #expect(source.pressure() == 0)
            #expect(!source.isAvailable)
        }
        kernel.setTimes(busy: 1, idle: 1)
        kernel.setMemory(total: 10, available: 5)
        kernel.setDisk(sectorsRead: 1, sectorsWritten: 1)
        kernel.setNetwork(received: 1, sent: 1)
        clock.advance(by: .seconds(1))
        for source in sources { #expect(source.isAvailable) }
        for path in ["stat", "meminfo", "diskstats", "net/dev"] { kernel["/proc/\(path)"] = "garbage" }
        clock.advance(by: .seconds(1))
        for source in sources {
            #expect(!source.isAvailable)
            #expect(source.pressure() == 0)
        }
    }

    @Test("D9 the names under which sources are shown")
    func names() {
        #expect(all(FakeKernel()).map(\.name) == ["cpu", "memory", "disk", "network"])
        let short: [any PressureSource] = [
            .cpu, .memory, .disk(bytesPerSecond: 1), .network(bytesPerSecond: 1), .queueDepth(capacity: 1) { 0 },
            .cpu(every: .seconds(2)), .memory(every: .seconds(2)),
        ]
        #expect(short.map(\.name) == ["cpu", "memory", "disk", "network", "queue depth", "cpu", "memory"])
    }

    @Test(
        "D9 an interval is measured once, also on a clock that went back",
        arguments: [
            ([0, 999, 1000, 1999, 2000], [true, false, true, false, true]),
            ([5000, 5500, 3000, 3500, 4000], [true, false, true, false, true]),
            ([0, 9000, 9500], [true, true, false]),
        ] as [([Int], [Bool])])
    func cadence(milliseconds: [Int], isDue: [Bool]) {
        var cadence = Cadence(.seconds(1))
        #expect(milliseconds.map { cadence.isDue(at: .milliseconds($0)) } == isDue)
    }
}
