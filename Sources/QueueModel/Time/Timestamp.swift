/// An instant of wall-clock time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Everything that is stored with a job is dated with it. Arithmetic saturates at the ends of the range
/// (±292 million years) and never traps. Waiting is the business of a `Clock`, not of this type.
public struct Timestamp: Hashable, Sendable {
    /// Milliseconds since 1970, UTC.
    public var milliseconds: Int64

    /// Makes the instant so many milliseconds after 1970 (before it, where negative).
    @inlinable
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The earliest instant that can be written.
    public static let distantPast = Timestamp(milliseconds: .min)
    /// The latest instant that can be written.
    public static let distantFuture = Timestamp(milliseconds: .max)

    /// The instant a duration later, rounded down to whole milliseconds.
    @inlinable
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        if overflow { return duration < .zero ? .distantPast : .distantFuture }
        return Timestamp(milliseconds: sum)
    }

    /// How long after `earlier` this instant is; negative where it is before.
    @inlinable
    public func since(_ earlier: Timestamp) -> Duration {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        if overflow { return .milliseconds(milliseconds < earlier.milliseconds ? Int64.min : Int64.max) }
        return .milliseconds(difference)
    }
}

extension Timestamp: Comparable {
    /// Whether one instant is before another.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Timestamp: Codable {
    /// Reads the milliseconds as one integer.
    public init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// Writes the milliseconds as one integer.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

extension Duration {
    /// The duration in milliseconds, rounded down, saturating at the ends of `Int64`.
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

/// Tells what time it is: the source of every ``Timestamp`` that a queue writes.
///
/// Beside it the standard library's `Clock` is used to wait. The two are apart because the time that is stored has to
/// mean the same after a restart, and the time that is waited for must not jump when somebody sets the clock.
///
/// A conforming type is called from any thread, often (several times a turn), and must not block.
public protocol WallClock: Sendable {
    /// The present instant. It may stand still or go back; the queue copes with both.
    func now() -> Timestamp

    /// How long the host has been awake since some fixed instant of its present run: what leases are judged by.
    ///
    /// It never goes back, stands still while the host sleeps, and means the same in all processes that share a store.
    /// By default the time since 1970 by ``now()``, with which a host that slept longer than a lease counts as dead.
    func uptime() -> Duration
}

extension WallClock {
    /// The time since 1970.
    public func uptime() -> Duration { .milliseconds(now().milliseconds) }
}
