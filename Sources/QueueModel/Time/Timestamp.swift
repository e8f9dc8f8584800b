/// An instant of wall-clock time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// All stored instants are of this type. Arithmetic saturates at the ends of the range (±292 million years) and never
/// traps. To wait, use a `Clock`.
public struct Timestamp: Hashable, Sendable {
    /// The milliseconds since 1970 in UTC.
    public var milliseconds: Int64

    /// Creates the instant a number of milliseconds after 1970, or before it if negative.
    @inlinable
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The earliest representable instant.
    public static let distantPast = Timestamp(milliseconds: .min)
    /// The latest representable instant.
    public static let distantFuture = Timestamp(milliseconds: .max)

    /// Returns the instant a duration later, rounded down to whole milliseconds.
    @inlinable
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        if overflow { return duration < .zero ? .distantPast : .distantFuture }
        return Timestamp(milliseconds: sum)
    }

    /// Returns the duration since an earlier instant; negative if that is later.
    @inlinable
    public func since(_ earlier: Timestamp) -> Duration {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        if overflow { return .milliseconds(milliseconds < earlier.milliseconds ? Int64.min : Int64.max) }
        return .milliseconds(difference)
    }
}

extension Timestamp: Comparable {
    /// Returns whether one instant is before another.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Timestamp: Codable {
    /// Decodes the milliseconds as one integer.
    public init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// Encodes the milliseconds as one integer.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

extension Duration {
    /// The duration in milliseconds, rounded down and clamped to the range of `Int64`.
    @inlinable
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        var fraction = attoseconds / 1_000_000_000_000_000
        if attoseconds < 0, attoseconds % 1_000_000_000_000_000 != 0 { fraction -= 1 }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(fraction)
        if sumOverflow { return seconds < 0 ? .min : .max }
        return sum
    }
}

/// A wall clock: the source of every ``Timestamp`` that a queue stores.
///
/// To wait, a queue uses the standard library's `Clock`. The two are separate because stored instants must mean the
/// same after a restart, and waiting must not be affected when someone sets the clock.
///
/// The methods are called from any thread, several times per turn, and must not block.
public protocol WallClock: Sendable {
    /// Returns the current instant, which may stand still or go back.
    func now() -> Timestamp

    /// Returns the time for which the host has been awake since some fixed instant of its current run; leases are
    /// judged by it.
    ///
    /// It never goes back, stands still while the host sleeps, and is the same in all processes that share a store.
    /// The default implementation returns the time since 1970 by ``now()``, with which a host that slept longer than
    /// a lease counts as dead.
    func uptime() -> Duration
}

extension WallClock {
    /// Returns the time since 1970.
    public func uptime() -> Duration { .milliseconds(now().milliseconds) }
}
