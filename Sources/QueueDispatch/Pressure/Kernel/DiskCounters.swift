import QueueModel
import QueueStoreKit

/// What Linux's `/proc/diskstats` tells of the disks: those that bytes come to rest on, each once.
///
/// A byte that is written to a file on a logical volume is counted for the volume, for the partition under it and for
/// the disk under that. So only the lowest count.
struct DiskCounters: Hashable, Sendable {
    /// A disk, and what it has moved.
    struct Disk: Hashable, Sendable {
        /// Its major and minor number, as `8:0`.
        var number: String
        var name: String
        var read: Int64
        var written: Int64
    }

    /// The whole disks.
    let disks: [Disk]

    /// Reads the text; `nil` if a line of it is none, or there is no line.
    ///
    /// A line is major, minor, name, reads, reads merged, sectors read, ms, writes, writes merged, sectors written, and
    /// more (the kernel's Documentation/admin-guide/iostats.rst). A sector is 512 bytes there, whatever the disk's own.
    init?(diskstats text: String) {
        var all: [Disk] = []
        for line in KernelText.lines(text) {
            let words = KernelText.words(line)
            guard words.count >= 10, let major = KernelText.counter(words[0]), let minor = KernelText.counter(words[1]),
                let read = KernelText.counter(words[5]), let written = KernelText.counter(words[9])
            else { return nil }
            all.append(
                Disk(
                    number: "\(major):\(minor)", name: String(words[2]), read: Self.bytes(sectors: read),
                    written: Self.bytes(sectors: written)))
        }
        if all.isEmpty { return nil }
        let names = Set(all.map(\.name))
        disks = all.filter { !Self.isLayer($0.name) && !Self.isPartition($0.name, among: names) }
    }

    /// All that the disks have moved.
    var total: IOAmount {
        disks.reduce(into: .zero) { total, disk in
            total.diskRead = total.diskRead.addingUpTo(disk.read)
            total.diskWritten = total.diskWritten.addingUpTo(disk.written)
        }
    }

    /// What a cgroup has moved on these disks, by its `io.stat`; `nil` if that text is none.
    ///
    /// It is `8:0 rbytes=1 wbytes=2 rios=…` for each disk (the kernel's Documentation/admin-guide/cgroup-v2.rst); there
    /// are kernels that leave out the end of the line after a disk with no figures. An empty text: nothing was moved.
    func total(ioStat text: String) -> IOAmount? {
        let numbers = Set(disks.map(\.number))
        var total = IOAmount.zero
        for line in KernelText.lines(text) {
            var number: String?
            for word in KernelText.words(line) {
                guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                    guard word.utf8.contains(UInt8(ascii: ":")) else { return nil }
                    number = String(word)
                    continue
                }
                guard let number else { return nil }
                guard let axis = Self.axis(word[..<equals]), numbers.contains(number) else { continue }
                guard let bytes = KernelText.counter(word[word.utf8.index(after: equals)...]) else { return nil }
                total[keyPath: axis] = total[keyPath: axis].addingUpTo(bytes)
            }
        }
        return total
    }

    private static func axis(_ name: Substring) -> WritableKeyPath<IOAmount, Int64>? {
        switch name {
        case "rbytes": \.diskRead
        case "wbytes": \.diskWritten
        default: nil
        }
    }

    private static func bytes(sectors: Int64) -> Int64 {
        let (bytes, hasOverflowed) = sectors.multipliedReportingOverflow(by: 512)
        return hasOverflowed ? .max : bytes
    }

    /// Whether a device lies on others, or on memory.
    private static func isLayer(_ name: String) -> Bool {
        ["loop", "ram", "zram", "dm-", "md", "bcache", "drbd", "zd"].contains { name.utf8.starts(with: $0.utf8) }
    }

    /// Whether a device is a part of another one: `sda1` of `sda`, `nvme0n1p2` of `nvme0n1`.
    ///
    /// A name that ends with a digit has a `p` before the number of its part. A part whose disk is not listed counts by
    /// itself, as a guest of Xen may have it.
    private static func isPartition(_ name: String, among names: Set<String>) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        var stem = Substring(name)
        while let last = stem.utf8.last, isDigit(last) { stem.removeLast() }
        guard stem.utf8.count < name.utf8.count else { return false }
        if names.contains(String(stem)) { return true }
        guard stem.utf8.last == UInt8(ascii: "p") else { return false }
        stem.removeLast()
        return stem.utf8.last.map(isDigit) == true && names.contains(String(stem))
    }
}
