import QueueModel
import Testing

@testable import QueueDispatch

@Suite("Counters of disks") struct DiskCountersTests {
    @Test("D10 whole disks count, each once: no parts, no volumes on others, no memory")
    func wholeDisks() throws {
        let counters = try #require(DiskCounters(diskstats: KernelFixtures.diskstats))
        #expect(counters.disks.map(\.name) == ["sda", "nvme0n1", "mmcblk0", "xvda1"])
        #expect(counters.disks.map(\.number) == ["8:0", "259:0", "179:0", "202:1"])
    }

    @Test("D10 sectors are 512 bytes")
    func sectors() throws {
        let counters = try #require(DiskCounters(diskstats: KernelFixtures.diskstats))
        #expect(counters.total == IOAmount(diskRead: 1111 * 512, diskWritten: 2222 * 512))
    }

    @Test("D10 a machine with nothing but loops moves nothing, which is not unknown")
    func loopsAlone() {
        #expect(DiskCounters(diskstats: "7 0 loop0 5 0 5 0 5 0 5 0 0 0 0")?.total == .zero)
    }

    @Test(
        "D10 what is no table of disks is none",
        arguments: [
            "", "\n", "   ", "8 0 sda", "8 0 sda 1 2 3 4 5 6", "x 0 sda 1 2 3 4 5 6 7", "8 0 sda 1 2 - 4 5 6 7",
            "8 0 sda 1 2 3 4 5 6 7\ngarbage", "8 0 sda 1 2 3 4 5 6 99999999999999999999",
        ])
    func none(text: String) {
        #expect(DiskCounters(diskstats: text) == nil)
    }

    @Test("D10 a group's bytes count on whole disks alone")
    func group() throws {
        let counters = try #require(DiskCounters(diskstats: KernelFixtures.diskstats))
        #expect(counters.total(ioStat: KernelFixtures.ioStat) == IOAmount(diskRead: 4097, diskWritten: 8194))
    }

    @Test(
        "D10 a group's text is read as it is, or not at all",
        arguments: [
            ("", IOAmount.zero), ("9:9 rbytes=5 wbytes=6", .zero), ("8:0 wbytes=6", IOAmount(diskWritten: 6)),
            ("8:0", .zero),
            ("8:0 rbytes=x", nil), ("rbytes=5", nil), ("8:0 rbytes", nil), ("8:0 rbytes=-1", nil),
        ] as [(String, IOAmount?)])
    func groupText(text: String, total: IOAmount?) throws {
        let counters = try #require(DiskCounters(diskstats: KernelFixtures.diskstats))
        #expect(counters.total(ioStat: text) == total)
    }
}
