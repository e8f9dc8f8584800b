public import QueueModel
import QueueStoreKit

/// How much of the memory is in use, or how much time is lost for want of it (rule D9).
///
/// The highest of what applies:
///
/// - the share of memory that new programs could not have: on Linux all but `MemAvailable` (caches that can be dropped are free), on
///   Apple platforms what is wired, compressed, or a program's own and not purgeable;
/// - on Linux, where a cgroup (version 2) of the process has a limit (`memory.max`, or `memory.high` if that is lower), the share
///   of it that is in use, without file caches that were not used lately, as Kubernetes reckons its working set;
/// - on Linux, where the kernel has pressure stall information, the share of the last ten seconds in which some task of the machine
///   waited for memory (`some avg10`): thrashing shows there although memory is free by count. That of a cgroup counts if it has a limit.
public struct MemoryPressure: PressureSource {
    /// `memory`.
    public let name = "memory"
    private let interval: Duration
    private let gauge: Gauge

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - interval: How often it measures at most, 10 ms…60 s; default 1 s.
    ///   - clock: What the interval is measured on.
    public init(interval: Duration = .seconds(1), clock: some Clock<Duration> = ContinuousClock()) {
        self.init(.current, interval: interval, clock: clock)
    }

    init(_ machine: Machine, interval: Duration, clock: some Clock<Duration>) {
        self.interval = interval
        gauge = Gauge(MemoryProbe(machine: machine), every: interval, clock: clock)
    }

    /// The pressure, measured anew if the interval is over.
    public func pressure() -> Double { gauge.read() ?? 0 }

    /// Whether any of the figures could be read.
    public var isAvailable: Bool { gauge.read() != nil }

    /// Throws for an interval outside of its range.
    public func validate() throws(QueueError) { try Cadence.validate(interval, of: name) }
}

extension PressureSource where Self == MemoryPressure {
    /// How much of the memory is in use, measured once a second at most.
    public static var memory: MemoryPressure { MemoryPressure() }

    /// How much of the memory is in use.
    ///
    /// - Parameter interval: How often it is measured at most, 10 ms…60 s.
    public static func memory(every interval: Duration) -> MemoryPressure { MemoryPressure(interval: interval) }
}

/// Takes the most strained of what is said of memory.
struct MemoryProbe: PressureProbe {
    let machine: Machine

    func measure(at now: Duration) -> Double? {
        var highest = [machine.memoryShare(), machine.memoryStall()]
        for level in machine.group?.levels ?? [] {
            guard let share = machine.group?.memoryShare(of: level) else { continue }
            highest += [share, machine.group?.memoryStall(of: level)]
        }
        return highest.compactMap(\.self).max()
    }
}
