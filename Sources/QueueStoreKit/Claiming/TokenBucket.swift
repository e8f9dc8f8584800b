public import QueueModel

/// A token bucket, represented by a single instant.
///
/// This is the generic cell rate algorithm (ITU-T I.371): instead of a count that has to be refilled, a bucket keeps
/// the instant at which it will be full again. A token moves that instant by one spacing. Nothing is rounded and
/// nothing drifts, and an unused bucket needs no work.
public struct TokenBucket: Hashable, Sendable {
    /// The instant at which the bucket is full again, in nanoseconds since 1970; in the past, the bucket is full.
    public private(set) var fullAt: Int64

    /// Creates a bucket, a full one by default.
    public init(fullAt: Int64 = .min) {
        self.fullAt = fullAt
    }

    /// Returns the number of whole tokens, 0…burst.
    public func tokens(of limit: RateLimit, at now: Timestamp) -> Int {
        let missing = missing(of: limit, at: Self.nanoseconds(now))
        return Int((limit.filling - missing) / limit.spacing)
    }

    /// Returns the first instant, in whole milliseconds, at which there is a token if none is taken; `nil`: there is
    /// one now.
    public func nextToken(of limit: RateLimit, at now: Timestamp) -> Timestamp? {
        let present = Self.nanoseconds(now)
        let room = limit.filling - missing(of: limit, at: present)
        if room >= limit.spacing { return nil }
        let (instant, overflow) = present.addingReportingOverflow(limit.spacing - room)
        if overflow { return .distantFuture }
        let millisecond: Int64 = 1_000_000
        let rounded = instant / millisecond + (instant % millisecond > 0 ? 1 : 0)
        return Timestamp(milliseconds: rounded)
    }

    /// Takes a token, which must be available.
    ///
    /// A bucket whose instant is further in the future than the limit allows (because the clock was set back, or the
    /// limit lowered) counts as empty, and fills from now on.
    public mutating func take(of limit: RateLimit, at now: Timestamp) {
        let present = Self.nanoseconds(now)
        let missing = min(missing(of: limit, at: present), limit.filling - limit.spacing)
        fullAt = Self.sum(present, missing + limit.spacing)
    }

    /// Undoes ``take(of:at:)`` for a job that did not start.
    public mutating func giveBack(of limit: RateLimit) {
        let (instant, overflow) = fullAt.subtractingReportingOverflow(limit.spacing)
        fullAt = overflow ? .min : instant
    }

    /// Bounds a bucket by its limit at an instant; returns whether that changed it.
    ///
    /// It must be called when a bucket is first used after the clock or the limit may have changed: otherwise a
    /// bucket from the future would stay empty until then.
    public mutating func settle(under limit: RateLimit, at now: Timestamp) -> Bool {
        let latest = Self.sum(Self.nanoseconds(now), limit.filling)
        guard fullAt > latest else { return false }
        fullAt = latest
        return true
    }

    /// Returns the nanoseconds until the bucket is full.
    private func missing(of limit: RateLimit, at present: Int64) -> Int64 {
        if fullAt <= present { return 0 }
        let (span, overflow) = fullAt.subtractingReportingOverflow(present)
        return overflow ? limit.filling : min(span, limit.filling)
    }

    private static func nanoseconds(_ instant: Timestamp) -> Int64 {
        let (nanoseconds, overflow) = instant.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return instant.milliseconds < 0 ? .min : .max }
        return nanoseconds
    }

    private static func sum(_ instant: Int64, _ span: Int64) -> Int64 {
        let (sum, overflow) = instant.addingReportingOverflow(span)
        return overflow ? .max : sum
    }
}
