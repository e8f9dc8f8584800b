import QueueModel

/// What a kernel tells of its machine: as functions, so that a test can have it tell what it likes.
///
/// Each gives `nil` for what can't be read.
struct Machine: Sendable {
    /// The times of all processors.
    let processorTimes: @Sendable () -> ProcessorTimes?
    /// The share of memory that is in use, 0…1.
    let memoryShare: @Sendable () -> Double?
    /// The share of time in which some task waited for memory, 0…1.
    let memoryStall: @Sendable () -> Double?
    /// What the disks have moved so far.
    let disk: @Sendable () -> IOAmount?
    /// What the network has moved so far.
    let network: @Sendable () -> IOAmount?
    /// The cgroup of the process; `nil` if there is none of version 2.
    let group: ControlGroup?

    /// The machine that the program runs on.
    static var current: Machine {
        #if canImport(Darwin)
            .darwin
        #else
            .linux { ProcFile.text($0) }
        #endif
    }

    /// A machine with Linux, by a function that gives the texts of its files by their paths.
    static func linux(_ read: @escaping @Sendable (String) -> String?) -> Machine {
        Machine(
            processorTimes: { read("/proc/stat").flatMap(ProcessorTimes.init(stat:)) },
            memoryShare: { read("/proc/meminfo").flatMap(MemoryFigures.share) },
            memoryStall: { read("/proc/pressure/memory").flatMap(MemoryFigures.stall) },
            disk: { read("/proc/diskstats").flatMap(DiskCounters.init(diskstats:))?.total },
            network: { read("/proc/net/dev").flatMap(NetworkCounters.init(dev:))?.total },
            group: ControlGroup(read))
    }
}
