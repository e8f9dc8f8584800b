public import QueueModel
import QueueStoreKit

/// How much the disks move, as a share of what they can (rule D9).
///
/// The bytes that all disks of the machine read and wrote a second, smoothed over 2 s (see ``ThroughputMeter``), divided by a
/// capacity that you know or have measured. On Linux whole disks count, so that nothing counts twice: no partitions, no
/// volumes that lie on other disks (device mapper, RAID), no loop or RAM disks. On macOS the process's own bytes count, since the
/// machine's are IOKit's to tell; on Apple's other platforms there is nothing to measure.
///
/// The kernel's pressure stall information does not count here: one task that waits for its disk all the time, as a database that syncs
/// does, is a full stall by that measure.
///
/// A rate needs two readings: the first answer is 0.
public struct DiskPressure: PressureSource {
    /// `disk`.
    public let name = "disk"
    private let capacity: Int64
    private let interval: Duration
    private let gauge: Gauge

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: The bytes read and written a second, together, at which the pressure is 1; at least 1.
    ///   - interval: How often it measures at most, 10 ms…60 s; default 1 s.
    ///   - clock: What the interval is measured on.
    public init(
        bytesPerSecond: Int64, interval: Duration = .seconds(1), clock: some Clock<Duration> = ContinuousClock()
    ) {
        self.init(.current, bytesPerSecond: bytesPerSecond, interval: interval, clock: clock)
    }

    init(_ machine: Machine, bytesPerSecond: Int64, interval: Duration, clock: some Clock<Duration>) {
        capacity = bytesPerSecond
        self.interval = interval
        let probe = ThroughputProbe(capacity: bytesPerSecond, counters: machine.disk) {
            Double($0.diskRead) + Double($0.diskWritten)
        }
        gauge = Gauge(probe, every: interval, clock: clock)
    }

    /// The share of the capacity, measured anew if the interval is over; above 1 if the disks are better than was said.
    public func pressure() -> Double { gauge.read() ?? 0 }

    /// Whether the kernel's counters could be read.
    public var isAvailable: Bool { gauge.read() != nil }

    /// Throws for a capacity or an interval outside of its range.
    public func validate() throws(QueueError) {
        try ThroughputProbe.validate(capacity: capacity, of: name)
        try Cadence.validate(interval, of: name)
    }
}

extension PressureSource where Self == DiskPressure {
    /// How much the disks move, as a share of what they can.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: The bytes read and written a second, together, at which the pressure is 1; at least 1.
    ///   - interval: How often it is measured at most, 10 ms…60 s; default 1 s.
    public static func disk(bytesPerSecond: Int64, every interval: Duration = .seconds(1)) -> DiskPressure {
        DiskPressure(bytesPerSecond: bytesPerSecond, interval: interval)
    }
}
