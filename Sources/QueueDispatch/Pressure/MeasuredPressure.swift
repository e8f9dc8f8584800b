public import QueueModel

/// The pressure on a resource of the machine, measured at most once per interval.
///
///     configuration.pressure = [.cpu, .memory, .disk(bytesPerSecond: 500_000_000)]
///
/// The source is measured by the first caller after the interval is over. Other callers get the last value meanwhile,
/// so that none waits. Sources that compare two readings (processors, disks, the network) report 0 at first.
public struct MeasuredPressure: PressureSource {
    /// The name under which the source is shown: `cpu`, `memory`, `disk`, or `network`.
    public let name: String
    private let capacity: Int64?
    private let interval: Duration
    private let gauge: Gauge

    private init(
        _ name: String, _ probe: some PressureProbe, capacity: Int64? = nil, every interval: Duration,
        clock: some Clock<Duration>
    ) {
        self.name = name
        self.capacity = capacity
        self.interval = interval
        gauge = Gauge(probe, every: interval, clock: clock)
    }

    /// The pressure, measured anew if the interval is over.
    ///
    /// Above 1 if a disk or a network moves more than the capacity that it was given.
    public func pressure() -> Double { gauge.read() ?? 0 }

    /// Whether the kernel's figures could be read.
    public var isAvailable: Bool { gauge.read() != nil }

    /// Throws ``QueueError/Code/invalidOption`` for a capacity or an interval outside of its range.
    public func validate() throws(QueueError) {
        if let capacity { try ThroughputProbe.validate(capacity: capacity, of: name) }
        try Cadence.validate(interval, of: name)
    }
}

extension MeasuredPressure {
    static func cpu(of machine: Machine, every interval: Duration, clock: some Clock<Duration>) -> Self {
        Self("cpu", ProcessorProbe(machine), every: interval, clock: clock)
    }

    static func memory(of machine: Machine, every interval: Duration, clock: some Clock<Duration>) -> Self {
        Self("memory", MemoryProbe(machine: machine), every: interval, clock: clock)
    }

    static func disk(
        of machine: Machine, bytesPerSecond: Int64, every interval: Duration, clock: some Clock<Duration>
    ) -> Self {
        let probe = ThroughputProbe(capacity: bytesPerSecond, counters: machine.disk) {
            Double($0.diskRead) + Double($0.diskWritten)
        }
        return Self("disk", probe, capacity: bytesPerSecond, every: interval, clock: clock)
    }

    static func network(
        of machine: Machine, bytesPerSecond: Int64, every interval: Duration, clock: some Clock<Duration>
    ) -> Self {
        let probe = ThroughputProbe(capacity: bytesPerSecond, counters: machine.network) {
            Double(max($0.networkReceived, $0.networkSent))
        }
        return Self("network", probe, capacity: bytesPerSecond, every: interval, clock: clock)
    }
}

extension PressureSource where Self == MeasuredPressure {
    /// The share of processor time that is used, measured at most once per second; see ``cpu(every:clock:)``.
    public static var cpu: MeasuredPressure { cpu() }

    /// The share of processor time that is used.
    ///
    /// The busy share of all processors since the last measurement, 0…1. Time that a hypervisor gave to others is busy;
    /// time in which a processor waits for a disk is idle. On Linux, where `cpu.max` limits the process's own cgroup
    /// (version 2) or one above it, the used share of that limit counts too, and the highest share wins.
    ///
    /// The kernel's pressure stall information is ignored here: it reports that some task waited, which eight jobs on
    /// four processors do all the time, while the share of time shows how much is left for others.
    ///
    /// - Parameters:
    ///   - interval: The shortest time between two measurements, 10 ms…60 s; default 1 s. The kernel counts in
    ///     hundredths of a second.
    ///   - clock: The clock that measures the interval.
    public static func cpu(
        every interval: Duration = .seconds(1), clock: some Clock<Duration> = ContinuousClock()
    ) -> MeasuredPressure {
        .cpu(of: .current, every: interval, clock: clock)
    }

    /// The share of memory in use, measured at most once per second; see ``memory(every:clock:)``.
    public static var memory: MeasuredPressure { memory() }

    /// The share of memory in use, or of time lost to a lack of it.
    ///
    /// The highest of these that apply:
    ///
    /// - The share of memory that new programs could not have. On Linux this is all but `MemAvailable` (caches that can
    ///   be dropped are free), on Apple platforms what is wired, compressed, or a program's own and not purgeable.
    /// - On Linux, where a cgroup (version 2) of the process has a limit (`memory.max`, or `memory.high` if that is
    ///   lower), the used share of the limit without file caches that were not used lately, as Kubernetes computes its
    ///   working set.
    /// - On Linux, where the kernel has pressure stall information, the share of the last ten seconds in which some
    ///   task of the machine waited for memory (`some avg10`). It shows thrashing while memory is still free. The
    ///   figure of a cgroup counts if the cgroup has a limit.
    ///
    /// - Parameters:
    ///   - interval: The shortest time between two measurements, 10 ms…60 s; default 1 s.
    ///   - clock: The clock that measures the interval.
    public static func memory(
        every interval: Duration = .seconds(1), clock: some Clock<Duration> = ContinuousClock()
    ) -> MeasuredPressure {
        .memory(of: .current, every: interval, clock: clock)
    }

    /// The throughput of the disks as a share of their capacity.
    ///
    /// The bytes per second that all disks of the machine read and wrote, smoothed over 2 s (see ``ThroughputMeter``),
    /// divided by a capacity that you know or have measured. On Linux only whole disks count, so that nothing counts
    /// twice: no partitions, no volumes that lie on other disks (device mapper, RAID), no loop or RAM disks. On macOS
    /// only the bytes of the process itself count. On Apple's other platforms there is nothing to measure.
    ///
    /// The kernel's pressure stall information is ignored here: by that measure a single task that always waits for its
    /// disk, as a database that syncs does, is a full stall.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: The sum of bytes read and written per second at which the pressure is 1; at least 1.
    ///   - interval: The shortest time between two measurements, 10 ms…60 s; default 1 s.
    ///   - clock: The clock that measures the interval.
    public static func disk(
        bytesPerSecond: Int64, every interval: Duration = .seconds(1),
        clock: some Clock<Duration> = ContinuousClock()
    ) -> MeasuredPressure {
        .disk(of: .current, bytesPerSecond: bytesPerSecond, every: interval, clock: clock)
    }

    /// The throughput of the network as a share of its capacity.
    ///
    /// The bytes per second in the busier direction, smoothed over 2 s (see ``ThroughputMeter``), divided by a capacity
    /// that you know: links are full duplex, and are strained when one direction is full. All interfaces through which
    /// bytes leave the machine, or the process's network namespace, count together. The loopback does not count, nor do
    /// bridges, tunnels, VLANs and the like, whose bytes also pass another interface, unless there are only such
    /// interfaces.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: The bytes per second in one direction at which the pressure is 1; at least 1. One gigabit
    ///     per second is 125 000 000.
    ///   - interval: The shortest time between two measurements, 10 ms…60 s; default 1 s.
    ///   - clock: The clock that measures the interval.
    public static func network(
        bytesPerSecond: Int64, every interval: Duration = .seconds(1),
        clock: some Clock<Duration> = ContinuousClock()
    ) -> MeasuredPressure {
        .network(of: .current, bytesPerSecond: bytesPerSecond, every: interval, clock: clock)
    }
}
