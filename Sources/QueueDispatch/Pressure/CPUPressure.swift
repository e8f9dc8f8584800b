public import QueueModel
import QueueStoreKit

/// The share of processor time that is used (rule D9).
///
/// The busy share of all processors since the last measurement, 0…1; time that a hypervisor gave to others is busy, time that a
/// processor waits for a disk is idle. On Linux the processor time that the process's own cgroup (version 2) and those above it used
/// of what `cpu.max` grants them is looked at too, and the most strained counts.
///
/// The kernel's pressure stall information does not count here: it tells that some task waited, which eight jobs on four processors do
/// all the time, while the share of time says how much is left for others.
///
/// A share needs two readings: the first answer is 0.
public struct CPUPressure: PressureSource {
    /// `cpu`.
    public let name = "cpu"
    private let interval: Duration
    private let gauge: Gauge

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - interval: How often it measures at most, 10 ms…60 s; default 1 s. The kernel counts in hundredths of a second.
    ///   - clock: What the interval is measured on.
    public init(interval: Duration = .seconds(1), clock: some Clock<Duration> = ContinuousClock()) {
        self.init(.current, interval: interval, clock: clock)
    }

    init(_ machine: Machine, interval: Duration, clock: some Clock<Duration>) {
        self.interval = interval
        gauge = Gauge(ProcessorProbe(machine), every: interval, clock: clock)
    }

    /// The busy share, measured anew if the interval is over.
    public func pressure() -> Double { gauge.read() ?? 0 }

    /// Whether the kernel's counters could be read.
    public var isAvailable: Bool { gauge.read() != nil }

    /// Throws for an interval outside of its range.
    public func validate() throws(QueueError) { try Cadence.validate(interval, of: name) }
}

extension PressureSource where Self == CPUPressure {
    /// The share of processor time that is used, measured once a second at most.
    public static var cpu: CPUPressure { CPUPressure() }

    /// The share of processor time that is used.
    ///
    /// - Parameter interval: How often it is measured at most, 10 ms…60 s.
    public static func cpu(every interval: Duration) -> CPUPressure { CPUPressure(interval: interval) }
}

/// Compares the processor time that is used with the time that there is.
struct ProcessorProbe: PressureProbe {
    private let machine: Machine
    private var times: ProcessorTimes?
    private var busyShare = 0.0
    private var allowances: [String: AllowanceUse] = [:]

    init(_ machine: Machine) {
        self.machine = machine
    }

    mutating func measure(at now: Duration) -> Double? {
        let ofMachine = measureMachine()
        var highest = ofMachine
        for level in machine.group?.levels ?? [] {
            guard let usage = machine.group?.processorUsage(of: level) else {
                allowances[level] = nil
                continue
            }
            let share = allowances[level, default: AllowanceUse()].share(usage, at: now)
            highest = max(highest ?? 0, share)
        }
        return highest
    }

    private mutating func measureMachine() -> Double? {
        guard let now = machine.processorTimes() else { return nil }
        if let share = times.flatMap({ now.busyShare(since: $0) }) { busyShare = share }
        times = now
        return busyShare
    }
}

/// How much of what a cgroup is granted it used between the last two readings.
private struct AllowanceUse {
    private var last: (used: Duration, instant: Duration)?
    private var share = 0.0

    mutating func share(_ usage: ProcessorUsage, at now: Duration) -> Double {
        if let last, now > last.instant, usage.used >= last.used {
            share = (usage.used - last.used) / (now - last.instant) / usage.processors
        }
        last = (usage.used, now)
        return share
    }
}
