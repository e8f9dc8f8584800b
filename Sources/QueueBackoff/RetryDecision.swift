extension RetryPolicy {
    /// The decision what to do after a failed attempt.
    public enum Decision: Hashable, Sendable {
        /// Try again after the delay, which is at least zero.
        case retry(after: Duration)
        /// Do not try again.
        case giveUp(Reason)

        /// Why there is no further attempt.
        public enum Reason: Hashable, Sendable {
            /// As many retries as the policy allows were made.
            case retriesUsedUp
            /// The next attempt would start after the deadline.
            case deadline
        }
    }
}

extension RetryPolicy {
    /// Decides what follows a failed attempt.
    ///
    /// A pure function: time and randomness come in as arguments. The generator is used at most once.
    ///
    /// - Parameters:
    ///   - retriesSoFar: The retries made already: 0 after the first attempt failed. A negative number counts as 0.
    ///   - elapsed: The time since the first attempt began. Not looked at without a deadline.
    ///   - previousDelay: The delay before the attempt that just failed, or `nil` if it was the first.
    ///   - generator: The source of jitter.
    /// - Returns: `.giveUp(.retriesUsedUp)` if no retry is left; `.giveUp(.deadline)` if the deadline is past or would
    ///   be by the end of the delay, since waiting for an attempt that may not be made helps nobody; else the delay.
    ///   A retry that falls exactly on the deadline is made.
    @inlinable
    public func decision(
        retriesSoFar: Int,
        elapsed: Duration,
        previousDelay: Duration? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> RetryPolicy.Decision {
        decision(
            retriesSoFar: retriesSoFar,
            elapsed: elapsed,
            previousDelay: previousDelay,
            backoff: backoff,
            using: &generator
        )
    }

    /// Decides what follows a failed attempt, with the policy's limits and the delays of another strategy.
    ///
    /// As ``decision(retriesSoFar:elapsed:previousDelay:using:)``, except that `strategy` is asked instead of
    /// ``backoff``. Its delays are brought into the range of zero to 292 years.
    @inlinable
    public func decision(
        retriesSoFar: Int,
        elapsed: Duration,
        previousDelay: Duration? = nil,
        backoff strategy: some BackoffStrategy,
        using generator: inout some RandomNumberGenerator
    ) -> RetryPolicy.Decision {
        let made = Swift.max(0, retriesSoFar)
        guard made < maximumRetries || maximumRetries == RetryPolicy.unlimited else { return .giveUp(.retriesUsedUp) }
        let delay = strategy.delay(forRetry: made, previous: previousDelay, using: &generator)
        let nanoseconds = Int64(nanosecondsIn: delay).orZeroIfNegative
        if let deadlineNanoseconds {
            let (end, overflow) = Int64(nanosecondsIn: elapsed).orZeroIfNegative.addingReportingOverflow(nanoseconds)
            if overflow || end > deadlineNanoseconds.orZeroIfNegative { return .giveUp(.deadline) }
        }
        return .retry(after: .nanoseconds(nanoseconds))
    }
}
