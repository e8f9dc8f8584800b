// Declared on the protocol, so that leading-dot syntax works for a `Backoff` and for `some BackoffStrategy` alike.

extension BackoffStrategy where Self == Backoff {
    /// No delay: the retry follows at once.
    @inlinable
    public static var immediate: Backoff { .constant(.zero) }

    /// The same delay before every retry.
    ///
    /// The delay is also the cap, so ``Jitter/decorrelated`` leaves it as it is.
    ///
    /// - Parameters:
    ///   - delay: The delay; zero retries at once.
    ///   - jitter: The randomization of the delay; none by default.
    @inlinable
    public static func constant(_ delay: Duration, jitter: Jitter = .none) -> Backoff {
        let nanoseconds = Int64(nanosecondsIn: delay)
        return Backoff(
            growth: .constant,
            initialNanoseconds: nanoseconds,
            capNanoseconds: nanoseconds,
            jitter: jitter
        )
    }

    /// A delay that grows by the same amount with every retry: `min(cap, initial + increment * retry)`.
    ///
    /// - Parameters:
    ///   - initial: The delay before the first retry.
    ///   - increment: What each further retry adds.
    ///   - cap: The longest delay.
    ///   - jitter: The randomization of the delay; none by default.
    @inlinable
    public static func linear(
        from initial: Duration,
        by increment: Duration,
        upTo cap: Duration,
        jitter: Jitter = .none
    ) -> Backoff {
        Backoff(
            growth: .linear(nanoseconds: Int64(nanosecondsIn: increment)),
            initialNanoseconds: Int64(nanosecondsIn: initial),
            capNanoseconds: Int64(nanosecondsIn: cap),
            jitter: jitter
        )
    }

    /// A delay that grows by the same factor with every retry: `min(cap, initial * factor^retry)`.
    ///
    /// With a factor of 2 delays are exact. With others they are calculated in `Double`, to the nearest nanosecond
    /// while they are below 104 days, and are the same on every platform. An initial delay of zero stays zero.
    ///
    /// - Parameters:
    ///   - initial: The delay before the first retry.
    ///   - factor: What each further retry multiplies the delay by, at least 1; doubling by default.
    ///   - cap: The longest delay.
    ///   - jitter: The randomization of the delay; none by default.
    @inlinable
    public static func exponential(
        from initial: Duration,
        factor: Double = 2,
        upTo cap: Duration,
        jitter: Jitter = .none
    ) -> Backoff {
        Backoff(
            growth: .exponential(factor: factor),
            initialNanoseconds: Int64(nanosecondsIn: initial),
            capNanoseconds: Int64(nanosecondsIn: cap),
            jitter: jitter
        )
    }
}
