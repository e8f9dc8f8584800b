/// A limit on how often jobs of a type or a group may start: a token bucket.
///
///     static let rateLimit: RateLimit? = .perSecond(100)
///     queue.setRule(GroupRule(rate: .perMinute(3000, burst: 100)), ofGroup: "api.example.com")
///
/// A start takes a token. Tokens come back one by one, evenly spaced over the period, until there are ``burst``. So
/// at most `burst + count × t / period` jobs start within any time `t`. The spacing is rounded up to whole
/// nanoseconds: the limit is never exceeded, and missed by less than a nanosecond per start (a part in 10⁷ at a
/// hundred starts per second).
public struct RateLimit: Hashable, Sendable, Codable {
    /// The number of tokens that come back per period, 1…1 000 000.
    public var count: Int
    /// The period, 1 ms…31 days.
    public var period: Duration
    /// The number of tokens in a full bucket, 1…1 000 000.
    public var burst: Int

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - count: The number of starts per period.
    ///   - period: The period.
    ///   - burst: The number of jobs that may start at once after a time without starts; `nil`: as many as come back
    ///     per second, at least 1.
    public init(_ count: Int, per period: Duration, burst: Int? = nil) {
        self.count = count
        self.period = period
        let (scaled, overflow) = Int64(count).multipliedReportingOverflow(by: 1_000_000_000)
        let aSecond = overflow ? Int64(count) : scaled / max(period.wholeNanoseconds, 1)
        self.burst = burst ?? Int(max(1, min(aSecond, Int64(Self.maximumBurst))))
    }

    /// Returns a limit per second.
    public static func perSecond(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(1), burst: burst)
    }

    /// Returns a limit per minute.
    public static func perMinute(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(60), burst: burst)
    }

    /// Returns a limit per hour.
    public static func perHour(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(3600), burst: burst)
    }

    private static let maximumCount = 1_000_000
    private static let maximumBurst = 1_000_000

    /// The nanoseconds between two tokens.
    package var spacing: Int64 {
        let nanoseconds = period.wholeNanoseconds
        let count = Int64(max(count, 1))
        return max(1, nanoseconds / count + (nanoseconds % count > 0 ? 1 : 0))
    }

    /// The nanoseconds from an empty bucket to a full one.
    package var filling: Int64 {
        let (span, overflow) = spacing.multipliedReportingOverflow(by: Int64(max(burst, 1)))
        return overflow ? .max : span
    }

    /// Checks all parts of the limit.
    ///
    /// A bucket must not take more than 366 days to fill.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for the first part that is out of range.
    public func validate() throws(QueueError) {
        if !(1...Self.maximumCount).contains(count) {
            throw QueueError(.invalidOption, "the rate limit's count is \(count), it must be 1…\(Self.maximumCount)")
        }
        if period < .milliseconds(1) || period > .seconds(31 * 86_400) {
            throw QueueError(.invalidOption, "the rate limit's period is \(period), it must be 1 ms…31 days")
        }
        if !(1...Self.maximumBurst).contains(burst) {
            throw QueueError(.invalidOption, "the rate limit's burst is \(burst), it must be 1…\(Self.maximumBurst)")
        }
        if filling > 366 * 86_400 * 1_000_000_000 {
            throw QueueError(.invalidOption, "the rate limit's burst takes more than 366 days to come back")
        }
    }
}

extension RateLimit: CustomStringConvertible {
    /// The count, the period and the burst.
    public var description: String { "\(count) per \(period), burst \(burst)" }
}

extension Duration {
    /// The duration in nanoseconds, rounded up and clamped to the range of `Int64`.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let fraction = attoseconds / 1_000_000_000 + (attoseconds % 1_000_000_000 > 0 ? 1 : 0)
        let (sum, sumOverflow) = scaled.addingReportingOverflow(fraction)
        if sumOverflow { return seconds < 0 ? .min : .max }
        return sum
    }
}

/// The limits of a group.
public struct GroupRule: Hashable, Sendable, Codable {
    /// The maximum number of the group's running jobs; `nil`: no limit, 0: none may run.
    public var limit: Int?
    /// The workers whose running jobs are counted.
    public var scope: GroupRule.Scope
    /// The rate at which the group's jobs may start; `nil`: no limit.
    ///
    /// The bucket belongs to the store, so all workers share it.
    public var rate: RateLimit?

    /// Creates a rule.
    public init(limit: Int? = nil, scope: GroupRule.Scope = .shared, rate: RateLimit? = nil) {
        self.limit = limit
        self.scope = scope
        self.rate = rate
    }

    /// Checks all parts of the rule.
    package func validate(_ whose: String) throws(QueueError) {
        if let limit, limit < 0 { throw QueueError(.invalidOption, "the limit \(whose) is negative") }
        try rate?.validate()
    }
}

extension GroupRule {
    /// The workers whose running jobs a limit counts.
    public enum Scope: UInt8, Hashable, Sendable, Codable {
        /// All workers of the store.
        case shared = 0
        /// This worker alone.
        case worker = 1
    }
}
