import QueueModel
import Testing

@testable import QueueDispatch

@Suite("The kernel's texts") struct KernelTextTests {
    // MARK: Processors

    @Test("D9 the times of processors are summed without a guest's, which are in its host's already")
    func times() throws {
        let times = try #require(ProcessorTimes(stat: KernelFixtures.stat))
        #expect(times.busy == 1_121_704 + 2713 + 164_194 + 5 + 6865 + 333)
        #expect(times.idle == 1_285_775 + 37_237)
    }

    @Test(
        "D9 what is no line of processors' times is none",
        arguments: [
            "", "\n", "cpu", "cpu 1 2 3", "cpu0 1 2 3 4", "intr 1 2 3 4", "cpu a b c d", "cpu 1 2 3 -4",
            "cpu 1 2 3 4 x",
            "cpu 1 2 3 18446744073709551616", "\u{FFFD}",
        ])
    func noTimes(text: String) {
        #expect(ProcessorTimes(stat: text) == nil)
    }

    @Test("D9 counters as large as they get are no overflow")
    func hugeTimes() throws {
        let most = "18446744073709551615"
        let times = try #require(ProcessorTimes(stat: "cpu \(most) \(most) 1 \(most) \(most)"))
        #expect(times == ProcessorTimes(busy: .max, idle: .max))
        #expect(times.busyShare(since: ProcessorTimes(busy: 0, idle: 0)) == 0.5)
    }

    @Test(
        "D9 the busy share is that of the time between two readings",
        arguments: [
            ((100, 100), (130, 110), 0.75), ((0, 0), (0, 5), 0), ((0, 0), (5, 0), 1),
            // No time has passed; the counters have started anew; the time of waiting for disks has gone back.
            ((5, 5), (5, 5), nil), ((50, 50), (1, 1), nil), ((5, 5), (6, 4), 1),
        ] as [((Int64, Int64), (Int64, Int64), Double?)])
    func busyShare(before: (Int64, Int64), after: (Int64, Int64), share: Double?) {
        let before = ProcessorTimes(busy: before.0, idle: before.1)
        let after = ProcessorTimes(busy: after.0, idle: after.1)
        #expect(after.busyShare(since: before) == share)
    }

    // MARK: Memory

    @Test(
        "D9 memory in use is all but what is available",
        arguments: [
            (KernelFixtures.meminfo, 0.25), ("MemTotal: 100 kB\nMemAvailable: 0 kB", 1),
            ("MemTotal: 100 kB\nMemAvailable: 200 kB", 0), ("", nil), ("MemTotal: 100 kB", nil),
            ("MemAvailable: 100 kB", nil), ("MemTotal: 0 kB\nMemAvailable: 0 kB", nil),
            ("MemTotal:\nMemAvailable: 1", nil),
            ("MemTotal: -5 kB\nMemAvailable: 1 kB", nil), ("MemTotal: 1e3 kB\nMemAvailable: 1 kB", nil),
        ] as [(String, Double?)])
    func memoryShare(text: String, share: Double?) {
        #expect(MemoryFigures.share(meminfo: text) == share)
    }

    @Test(
        "D9 a stall is the share of the last ten seconds in which some task waited",
        arguments: [
            (KernelFixtures.stall, 0.125), ("some avg10=100.00", 1), ("some avg10=0.00 avg60=5.00", 0), ("", nil),
            ("full avg10=1.00", nil), ("some", nil), ("some avg60=1.00", nil), ("some avg10=", nil),
            ("some avg10=nan", nil),
            ("some avg10=-1", nil), ("some avg10=100.01", nil), ("some avg10=inf", nil),
        ] as [(String, Double?)])
    func stall(text: String, share: Double?) {
        #expect(MemoryFigures.stall(text) == share)
    }

    // MARK: Network

    @Test("D10 interfaces count through which bytes leave the machine, each byte once")
    func network() throws {
        let counters = try #require(NetworkCounters(dev: KernelFixtures.netDev))
        #expect(counters.interfaces.map(\.name) == ["eth0", "wlp2s0"])
        #expect(counters.total == IOAmount(networkReceived: 16_906_701, networkSent: 39_753))
    }

    @Test("D10 where there are only interfaces that lie on others, they count")
    func layersAlone() throws {
        let line = ": 5 0 0 0 0 0 0 0 7 0 0 0 0 0 0 0\n"
        let counters = try #require(NetworkCounters(dev: "lo\(line)tun0\(line)br0\(line)"))
        #expect(counters.total == IOAmount(networkReceived: 10, networkSent: 14))
    }

    @Test("D10 a machine with its loopback alone moves nothing")
    func loopbackAlone() throws {
        let counters = try #require(NetworkCounters(dev: "  lo: 5 0 0 0 0 0 0 0 7 0 0 0 0 0 0 0\n"))
        #expect(counters.total == .zero)
    }

    @Test(
        "D10 what is no table of interfaces is none",
        arguments: [
            "", "\n\n", "eth0", "eth0: 1 2 3", "eth0: a 0 0 0 0 0 0 0 7", ": 5 0 0 0 0 0 0 0 7",
            "eth 0: 5 0 0 0 0 0 0 0 7",
            "eth0: 5 0 0 0 0 0 0 0 -7", "eth0: 99999999999999999999 0 0 0 0 0 0 0 7",
        ])
    func noNetwork(text: String) {
        #expect(NetworkCounters(dev: text) == nil)
    }

    @Test("D10 sums of counters as large as they get are no overflow")
    func hugeSums() throws {
        let most = "18446744073709551615"
        let net = "a: \(most) 0 0 0 0 0 0 0 \(most)\nb: \(most) 0 0 0 0 0 0 0 1"
        #expect(NetworkCounters(dev: net)?.total == IOAmount(networkReceived: .max, networkSent: .max))
        let disk = "8 0 sda 0 0 \(most) 0 0 0 1\n8 16 sdb 0 0 1 0 0 0 \(most)"
        #expect(DiskCounters(diskstats: disk)?.total == IOAmount(diskRead: .max, diskWritten: .max))
    }

    // MARK: All

    @Test("D9 no mangled text is a trap, and none gives a share outside of 0…1", arguments: KernelFixtures.all)
    func mangled(text: String) {
        let bytes = Array(text.utf8)
        var mangled: [[UInt8]] = (0...bytes.count).map { Array(bytes[..<$0]) }
        let replacements = Array("\n -:".utf8) + [255]
        for place in bytes.indices {
            var copy = bytes
            copy[place] = replacements[place % replacements.count]
            mangled.append(copy)
        }
        for bytes in mangled where !Self.isReadSafely(String(decoding: bytes, as: UTF8.self)) {
            Issue.record("\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    /// Reads a text as everything that it might be, and tells whether what comes out is within its range.
    private static func isReadSafely(_ text: String) -> Bool {
        let shares = [
            MemoryFigures.share(meminfo: text), MemoryFigures.stall(text),
            ProcessorTimes(stat: text).flatMap { $0.busyShare(since: ProcessorTimes(busy: 0, idle: 0)) },
        ]
        let disks = DiskCounters(diskstats: text)
        let totals = [disks?.total, Self.disks?.total(ioStat: text), NetworkCounters(dev: text)?.total]
        let levels = ControlGroup.levels(of: ControlGroup.path(cgroup: text) ?? "/a", mountinfo: text)
        return shares.allSatisfy { (0...1).contains($0 ?? 0) }
            && totals.compactMap(\.self).allSatisfy {
                min($0.diskRead, $0.diskWritten, $0.networkReceived, $0.networkSent) >= 0
            }
            && ProcessorUsage.processors(cpuMax: text) ?? 1 > 0 && levels?.isEmpty != true
    }

    private static let disks = DiskCounters(diskstats: KernelFixtures.diskstats)
}
