/// A retry policy: delays, and the limits on them.
///
///     let policy: RetryPolicy = .exponential(from: .seconds(1), upTo: .seconds(60), jitter: .full, retries: 5)
///
/// It can be stored: as a string (``description`` and ``init(_:)``, a stable format) and through `Codable`, which
/// uses that string. Ranges and the treatment of bad input are those of ``Backoff``: nothing traps, a negative limit
/// counts as zero, and ``validate()`` reports it.
public struct RetryPolicy: Hashable, Sendable {
    /// A number of retries that is never used up.
    @inlinable
    public static var unlimited: Int { .max }

    /// The delays between attempts.
    public var backoff: Backoff

    /// The maximum number of retries after the first attempt, so there is at most one attempt more than this.
    ///
    /// ``unlimited`` sets no limit; zero and less allow no retry.
    public var maximumRetries: Int

    @usableFromInline var deadlineNanoseconds: Int64?

    /// The time after the beginning of the first attempt within which a retry may still begin, or `nil` for no limit.
    ///
    /// It does not interrupt a running attempt. The resolution is one nanosecond.
    @inlinable
    public var deadline: Duration? {
        get { deadlineNanoseconds.map { .nanoseconds($0) } }
        set { deadlineNanoseconds = newValue.map(Int64.init(nanosecondsIn:)) }
    }

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - backoff: The delays between attempts.
    ///   - maximumRetries: How many retries may follow the first attempt; 3 by default.
    ///   - deadline: How long after the beginning of the first attempt a retry may still begin; no limit by default.
    @inlinable
    public init(backoff: Backoff, maximumRetries: Int = 3, deadline: Duration? = nil) {
        self.backoff = backoff
        self.maximumRetries = maximumRetries
        self.deadlineNanoseconds = deadline.map(Int64.init(nanosecondsIn:))
    }
}

// MARK: Common policies

extension RetryPolicy {
    /// Three retries, after at most 1, 2 and 4 seconds: doubling with full jitter; no deadline.
    ///
    /// With more retries (set ``maximumRetries``), the doubling ends at 5 minutes.
    public static let `default` = RetryPolicy.exponential(from: .seconds(1), upTo: .seconds(300), jitter: .full)

    /// No retries: the first failure is final.
    ///
    /// For an optional policy, write `RetryPolicy.none`: `.none` alone is `nil`.
    public static let none = RetryPolicy.immediate(retries: 0)

    /// Retries that follow at once.
    @inlinable
    public static func immediate(retries: Int = 3, deadline: Duration? = nil) -> RetryPolicy {
        RetryPolicy(backoff: .immediate, maximumRetries: retries, deadline: deadline)
    }

    /// Retries with the same delay before each; see ``BackoffStrategy/constant(_:jitter:)``.
    @inlinable
    public static func constant(
        _ delay: Duration,
        jitter: Jitter = .none,
        retries: Int = 3,
        deadline: Duration? = nil
    ) -> RetryPolicy {
        RetryPolicy(backoff: .constant(delay, jitter: jitter), maximumRetries: retries, deadline: deadline)
    }

    /// Retries with delays that grow by the same amount; see ``BackoffStrategy/linear(from:by:upTo:jitter:)``.
    @inlinable
    public static func linear(
        from initial: Duration,
        by increment: Duration,
        upTo cap: Duration,
        jitter: Jitter = .none,
        retries: Int = 3,
        deadline: Duration? = nil
    ) -> RetryPolicy {
        RetryPolicy(
            backoff: .linear(from: initial, by: increment, upTo: cap, jitter: jitter),
            maximumRetries: retries,
            deadline: deadline
        )
    }

    /// Retries with delays that grow by the same factor; see ``BackoffStrategy/exponential(from:factor:upTo:jitter:)``.
    @inlinable
    public static func exponential(
        from initial: Duration,
        factor: Double = 2,
        upTo cap: Duration,
        jitter: Jitter = .none,
        retries: Int = 3,
        deadline: Duration? = nil
    ) -> RetryPolicy {
        RetryPolicy(
            backoff: .exponential(from: initial, factor: factor, upTo: cap, jitter: jitter),
            maximumRetries: retries,
            deadline: deadline
        )
    }
}
