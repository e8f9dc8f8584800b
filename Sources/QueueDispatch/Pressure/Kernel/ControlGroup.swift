import QueueModel
import QueueStoreKit

/// The cgroup (version 2) that the process was in when it was looked for, with those above it as far as they can be
/// seen.
///
/// A limit of any of them binds the process. Groups of version 1 are not read: what they limit, the machine's figures
/// have to tell.
struct ControlGroup: Sendable {
    /// The directories of the groups, the process's own first, the highest that can be seen last.
    let levels: [String]
    private let read: @Sendable (String) -> String?

    /// Finds the group by `/proc/self/cgroup` and `/proc/self/mountinfo`; `nil` if there is none.
    init?(_ read: @escaping @Sendable (String) -> String?) {
        guard let path = read("/proc/self/cgroup").flatMap(Self.path), let mounts = read("/proc/self/mountinfo"),
            let levels = Self.levels(of: path, mountinfo: mounts)
        else { return nil }
        self.levels = levels
        self.read = read
    }

    /// What a group has used of processor time, and how much it may; `nil` if it has no limit.
    func processorUsage(of level: String) -> ProcessorUsage? {
        guard let processors = read("\(level)/cpu.max").flatMap(ProcessorUsage.processors),
            let used = read("\(level)/cpu.stat").flatMap({ KernelText.value(of: "usage_usec", in: $0) })
        else { return nil }
        return ProcessorUsage(used: .microseconds(used), processors: processors)
    }

    /// The share of a group's memory that is in use, 0 and more; `nil` if it has no limit.
    func memoryShare(of level: String) -> Double? {
        // Above `high` the kernel slows a group down, so that it seldom comes to `max`.
        let limits = ["memory.max", "memory.high"].compactMap { read("\(level)/\($0)").flatMap(Self.number) }
        guard let limit = limits.min(), let current = read("\(level)/memory.current").flatMap(Self.number) else {
            return nil
        }
        let unused = read("\(level)/memory.stat").flatMap { KernelText.value(of: "inactive_file", in: $0) } ?? 0
        // A limit of 0 can be set, and lets nothing in.
        return limit > 0 ? Double(max(current - unused, 0)) / Double(limit) : 1
    }

    /// The share of time in which some task of a group waited for memory; `nil` if the kernel does not tell.
    func memoryStall(of level: String) -> Double? {
        read("\(level)/memory.pressure").flatMap(MemoryFigures.stall)
    }

    /// What the process's own group has moved on disks; `nil` if the kernel does not account for it.
    func disk() -> IOAmount? {
        guard let own = levels.first, let text = read("\(own)/io.stat"),
            let disks = read("/proc/diskstats").flatMap(DiskCounters.init(diskstats:))
        else { return nil }
        return disks.total(ioStat: text)
    }

    // MARK: Texts

    /// The path of the group of version 2 in `/proc/self/cgroup`: what follows `0::` (cgroups(7)).
    ///
    /// `nil` if there is none, or if it can't be seen from here.
    static func path(cgroup text: String) -> String? {
        for line in KernelText.lines(text) where line.utf8.starts(with: "0::/".utf8) {
            let path = String(line.dropFirst(3))
            // No path is longer than this (PATH_MAX), and one that claims to be would have more levels than can be
            // looked at.
            if path.utf8.count > 4096 { return nil }
            // A group outside of the namespace that the process sees is told relative to it.
            return path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) } ? nil : path
        }
        return nil
    }

    /// The directories of a group and those above it, by what is mounted according to `/proc/self/mountinfo`
    /// (proc_pid_mountinfo(5)).
    static func levels(of path: String, mountinfo text: String) -> [String]? {
        for line in KernelText.lines(text) {
            let words = KernelText.words(line)
            guard words.count >= 7, let dash = words.dropFirst(6).firstIndex(of: "-"), dash + 1 < words.count,
                words[dash + 1] == "cgroup2"
            else { continue }
            let root = unescaped(words[3])
            let point = unescaped(words[4])
            // A mount may show a part of the tree only.
            let names = parts(path)
            guard names.starts(with: parts(root)) else { continue }
            let below = names.dropFirst(parts(root).count)
            return (0...below.count).reversed().map { depth in
                ([point == "/" ? "" : point] + below.prefix(depth)).joined(separator: "/")
            }
        }
        return nil
    }

    private static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }

    /// A word of `mountinfo` with its escapes, such as `\040` for a space, undone.
    private static func unescaped(_ word: Substring) -> String {
        guard word.utf8.contains(UInt8(ascii: "\\")) else { return String(word) }
        var bytes: [UInt8] = []
        var rest = word.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(String(Substring(digits)), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The only number of a file; `nil` for the word `max`, and for anything else.
    private static func number(_ text: String) -> Int64? {
        let lines = KernelText.lines(text)
        return lines.count == 1 ? KernelText.counter(lines[0]) : nil
    }
}

/// What a cgroup has used of processor time, and how much it may.
struct ProcessorUsage: Hashable, Sendable {
    /// The time that it has used so far, of all processors together.
    var used: Duration
    /// How many processors' time it may use, more than 0.
    var processors: Double

    /// How many processors' time a `cpu.max` grants; `nil` if it is not limited.
    ///
    /// It is `quota period` in microseconds, or `max period`.
    static func processors(cpuMax text: String) -> Double? {
        let words = KernelText.lines(text).first.map(KernelText.words) ?? []
        guard words.count == 2, let quota = KernelText.counter(words[0]), let period = KernelText.counter(words[1]),
            quota > 0, period > 0
        else { return nil }
        return Double(quota) / Double(period)
    }
}
