/// How often jobs of a type or a group may start: a token bucket (rule D4).
///
///     static let rateLimit: RateLimit? = .perSecond(100)
///     queue.limits.setRule(GroupRule(rate: .perMinute(3000, burst: 100)), ofGroup: "api.example.com")
///
/// A start takes a token. Tokens come back one by one, evenly spaced over the period, until there are ``burst``; so at most
/// `burst + count × t / period` jobs start within any time `t`. The spacing is rounded up to whole nanoseconds: the limit is
/// never exceeded, and fallen short of by less than a nanosecond a start (a part in 10⁷ at a hundred starts a second).
public struct RateLimit: Hashable, Sendable, Codable {
    /// How many tokens come back in a period, 1…1 000 000.
    public var count: Int
    /// The period, 1 ms…31 days.
    public var period: Duration
    /// How many tokens a bucket holds that was not used for long, 1…1 000 000.
    public var burst: Int

    /// Makes a limit of so many starts a period.
    ///
    /// - Parameter burst: How many jobs may start at once after a rest; `nil`: as many as a second brings, at least 1.
    public init(_ count: Int, per period: Duration, burst: Int? = nil) {
        self.count = count
        self.period = period
        let (scaled, overflow) = Int64(count).multipliedReportingOverflow(by: 1_000_000_000)
        let aSecond = overflow ? Int64(count) : scaled / max(period.wholeNanoseconds, 1)
        self.burst = burst ?? Int(max(1, min(aSecond, Int64(Self.maximumBurst))))
    }

    /// So many starts a second.
    public static func perSecond(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(1), burst: burst)
    }

    /// So many starts a minute.
    public static func perMinute(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(60), burst: burst)
    }

    /// So many starts an hour.
    public static func perHour(_ count: Int, burst: Int? = nil) -> RateLimit {
        RateLimit(count, per: .seconds(3600), burst: burst)
    }

    private static let maximumCount = 1_000_000
    private static let maximumBurst = 1_000_000

    /// Nanoseconds between two tokens.
    package var spacing: Int64 {
        let nanoseconds = period.wholeNanoseconds
        let count = Int64(max(count, 1))
        return max(1, nanoseconds / count + (nanoseconds % count > 0 ? 1 : 0))
    }

    /// Nanoseconds from an empty bucket to a full one.
    package var filling: Int64 {
        let (span, overflow) = spacing.multipliedReportingOverflow(by: Int64(max(burst, 1)))
        return overflow ? .max : span
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first part that is outside of its range.
    ///
    /// A full bucket may stand for at most 366 days.
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
    /// The duration in nanoseconds, rounded up, saturating at the ends of `Int64`.
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

/// What may run of a group.
public struct GroupRule: Hashable, Sendable, Codable {
    /// How many jobs of the group may run at once; `nil`: no limit, 0: none.
    public var limit: Int?
    /// Whose running jobs are counted.
    public var scope: GroupRule.Scope
    /// How often jobs of the group may start; `nil`: as often as they like.
    ///
    /// The bucket is the store's, and so shared by all workers.
    public var rate: RateLimit?

    /// Makes a rule.
    public init(limit: Int? = nil, scope: GroupRule.Scope = .shared, rate: RateLimit? = nil) {
        self.limit = limit
        self.scope = scope
        self.rate = rate
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first part that is outside of its range.
    package func validate(_ whose: String) throws(QueueError) {
        if let limit, limit < 0 { throw QueueError(.invalidOption, "the limit \(whose) is negative") }
        try rate?.validate()
    }
}

extension GroupRule {
    /// Whose running jobs a limit counts.
    public enum Scope: UInt8, Hashable, Sendable, Codable {
        /// Those of all workers of the store.
        case shared = 0
        /// Those of this worker.
        case worker = 1
    }
}
