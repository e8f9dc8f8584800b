public import QueueModel
import QueueStoreKit

/// How much the network moves, as a share of what it can (rule D9).
///
/// The bytes a second, smoothed over 2 s (see ``ThroughputMeter``), in the busier of both directions, divided by a capacity that you
/// know: links are full duplex, and strained when one direction is full. All interfaces through which bytes leave the machine, or the
/// process's network namespace, count together; the loopback does not, nor do bridges, tunnels, VLANs and their like, whose
/// bytes pass another interface too (unless there is none but such).
///
/// A rate needs two readings: the first answer is 0.
public struct NetworkPressure: PressureSource {
    /// `network`.
    public let name = "network"
    private let capacity: Int64
    private let interval: Duration
    private let gauge: Gauge

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: The bytes a second in one direction at which the pressure is 1, at least 1; a gigabit a second
    ///     is 125 000 000.
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
        let probe = ThroughputProbe(capacity: bytesPerSecond, counters: machine.network) {
            Double(max($0.networkReceived, $0.networkSent))
        }
        gauge = Gauge(probe, every: interval, clock: clock)
    }

    /// The share of the capacity, measured anew if the interval is over; above 1 if the network is better than was said.
    public func pressure() -> Double { gauge.read() ?? 0 }

    /// Whether the kernel's counters could be read.
    public var isAvailable: Bool { gauge.read() != nil }

    /// Throws for a capacity or an interval outside of its range.
    public func validate() throws(QueueError) {
        try ThroughputProbe.validate(capacity: capacity, of: name)
        try Cadence.validate(interval, of: name)
    }
}

extension PressureSource where Self == NetworkPressure {
    /// How much the network moves, as a share of what it can.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: The bytes a second in one direction at which the pressure is 1, at least 1.
    ///   - interval: How often it is measured at most, 10 ms…60 s; default 1 s.
    public static func network(bytesPerSecond: Int64, every interval: Duration = .seconds(1)) -> NetworkPressure {
        NetworkPressure(bytesPerSecond: bytesPerSecond, interval: interval)
    }
}
