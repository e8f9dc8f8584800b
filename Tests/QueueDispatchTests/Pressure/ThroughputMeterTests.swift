import QueueModel
import Testing

@testable import QueueDispatch

@Suite("Throughput") struct ThroughputMeterTests {
    private static func meter(_ samples: [(Int64, Duration)]) -> ThroughputMeter {
        var meter = ThroughputMeter()
        for (total, instant) in samples { meter.add(IOAmount(diskRead: total), at: instant) }
        return meter
    }

    @Test("D10 one sample makes no rate, two make one")
    func first() {
        #expect(Self.meter([]).rate == nil)
        #expect(Self.meter([(5, .zero)]).rate == nil)
        #expect(Self.meter([(1000, .zero), (3000, .seconds(4))]).rate == IOAmount(diskRead: 500))
    }

    @Test("D10 the axes are apart")
    func axes() {
        var meter = ThroughputMeter()
        meter.add(.zero, at: .zero)
        let total = IOAmount(diskRead: 10, diskWritten: 20, networkReceived: 30, networkSent: 40)
        meter.add(total, at: .seconds(1))
        #expect(meter.rate == total)
    }

    @Test(
        "D10 a change counts with 1 - exp(-t / timeConstant)",
        arguments: [(1, 632), (2, 865), (5, 993)] as [(Int, Int64)])
    func smoothing(timeConstants: Int, rate: Int64) throws {
        var meter = try ThroughputMeter(timeConstant: .seconds(10))
        // So long an idle time that the weights are complete.
        meter.add(.zero, at: .zero)
        meter.add(.zero, at: .seconds(100_000))
        let interval = 10 * timeConstants
        meter.add(IOAmount(networkSent: Int64(interval) * 1000), at: .seconds(100_000 + interval))
        #expect(meter.rate == IOAmount(networkSent: rate))
    }

    @Test("D10 samples at any distance make the same of a steady flow", arguments: [1, 7, 100, 1000, 60_000])
    func intervals(milliseconds: Int) {
        let samples = (0..<100).map { (Int64($0 * milliseconds), Duration.milliseconds($0 * milliseconds)) }
        #expect(Self.meter(samples).rate == IOAmount(diskRead: 1000))
    }

    @Test("D10 many short intervals of a flow weigh as much as the long one of all")
    func splitting() throws {
        let idle: [(Int64, Duration)] = [(0, .zero), (0, .seconds(3))]
        let long = Self.meter(idle + [(4_000_000, .seconds(7))])
        let short = Self.meter(idle + (1...400).map { (Int64($0) * 10_000, .seconds(3) + .milliseconds(10 * $0)) })
        let difference = try #require(long.rate).diskRead - (try #require(short.rate).diskRead)
        #expect(abs(difference) <= 1)
    }

    @Test("D10 a first interval that is very short does not outweigh the next")
    func shortFirst() throws {
        // A megabyte in a microsecond, then nothing for two seconds: about the megabyte in the time constant.
        let meter = Self.meter([(0, .zero), (1_000_000, .microseconds(1)), (1_000_000, .seconds(2))])
        let rate = try #require(meter.rate).diskRead
        #expect((200_000...500_000).contains(rate))
    }

    @Test("D10 of a counter that started anew nothing is concluded, and the next interval counts again")
    func restart() {
        let before: [(Int64, Duration)] = [(0, .zero), (1000, .seconds(1))]
        #expect(Self.meter(before + [(10, .seconds(2))]).rate == IOAmount(diskRead: 1000))
        #expect(Self.meter(before + [(10, .seconds(2)), (1010, .seconds(3))]).rate == IOAmount(diskRead: 1000))
        #expect(Self.meter(before + [(10, .seconds(1)), (1010, .seconds(2))]).rate == IOAmount(diskRead: 1000))
    }

    @Test("D10 a counter that is negative is left out, and the next interval begins after it")
    func negative() {
        #expect(Self.meter([(-5, .zero), (1000, .seconds(1))]).rate == .zero)
        #expect(Self.meter([(-5, .zero), (0, .seconds(1)), (7, .seconds(2))]).rate == IOAmount(diskRead: 7))
        #expect(Self.meter([(0, .zero), (.min, .seconds(1)), (.max, .seconds(2))]).rate == .zero)
    }

    @Test("D10 one counter that started anew leaves the others")
    func otherAxes() {
        var meter = ThroughputMeter()
        meter.add(IOAmount(diskRead: 100, networkSent: 0), at: .zero)
        meter.add(IOAmount(diskRead: 0, networkSent: 50), at: .seconds(1))
        #expect(meter.rate == IOAmount(networkSent: 50))
    }

    @Test("D10 what comes while the clock stands still counts in the next interval")
    func standing() {
        let meter = Self.meter([(0, .zero), (600, .zero), (1000, .seconds(1))])
        #expect(meter.rate == IOAmount(diskRead: 1000))
    }

    @Test("D10 of a clock that went back nothing is concluded, and the next interval counts again")
    func backwards() {
        let back: [(Int64, Duration)] = [(0, .seconds(100)), (1000, .seconds(50))]
        #expect(Self.meter(back).rate == nil)
        #expect(Self.meter(back + [(1500, .seconds(51))]).rate == IOAmount(diskRead: 500))
    }

    @Test("D10 the largest counter in the shortest time is no overflow")
    func overflow() {
        let step = Duration(secondsComponent: 0, attosecondsComponent: 1)
        #expect(Self.meter([(0, .zero), (.max, step)]).rate == IOAmount(diskRead: .max))
    }

    @Test(
        "D10 a time constant has its range",
        arguments: [
            (.milliseconds(10), true), (.seconds(3600), true), (.zero, false), (.milliseconds(9), false),
            (.seconds(3601), false), (.seconds(-1), false),
        ] as [(Duration, Bool)])
    func range(timeConstant: Duration, isAllowed: Bool) {
        do throws(QueueError) {
            #expect(try ThroughputMeter(timeConstant: timeConstant).timeConstant == timeConstant)
            #expect(isAllowed)
        } catch {
            #expect(!isAllowed && error.code == .invalidOption)
        }
    }

    @Test("D10 by default the time constant is two seconds")
    func defaults() {
        #expect(ThroughputMeter().timeConstant == .seconds(2))
    }
}
