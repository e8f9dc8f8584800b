extension RetryPolicy {
    /// A retry that is about to be waited for.
    public struct UpcomingRetry: Sendable {
        /// The number of the retry, from zero.
        public let number: Int
        /// The time until it begins.
        public let delay: Duration
        /// The error that the attempt before it threw.
        public let error: any Error
    }
}

/// Performs an operation, and again when it fails, as a policy says.
///
///     let page = try await retrying(.default) { try await fetch(url) }
///
/// The operation runs on the caller's actor. Nothing outlives the call. When the policy gives up, or `isRetryable` says
/// no, the error of the last attempt is thrown as it is. When the task is cancelled, the wait ends at once and a
/// `CancellationError` is thrown; an attempt under way sees the cancellation as any code does, and no other follows.
///
/// - Parameters:
///   - policy: The delays and the limits.
///   - backoff: Delays of another strategy in place of the policy's own; none by default.
///   - clock: What measures the time since the first attempt and waits; the continuous clock by default.
///   - isRetryable: Whether an error may be retried; by default all but `CancellationError`.
///   - onRetry: Called before each wait, for a log or a metric.
///   - operation: What to perform.
/// - Returns: What the first successful attempt returned.
public func retrying<Result, Strategy: BackoffStrategy>(
    _ policy: RetryPolicy = .default,
    backoff: Strategy? = Backoff?.none,
    clock: some Clock<Duration> = ContinuousClock(),
    isRetryable: (any Error) -> Bool = { !($0 is CancellationError) },
    onRetry: (RetryPolicy.UpcomingRetry) -> Void = { _ in },
    operation: () async throws -> Result
) async throws -> Result {
    var generator = SystemRandomNumberGenerator()
    return try await retrying(
        policy,
        backoff: backoff,
        clock: clock,
        using: &generator,
        isRetryable: isRetryable,
        onRetry: onRetry,
        operation: operation
    )
}

/// Performs an operation, and again when it fails, as a policy says, with jitter from a generator.
///
/// As ``retrying(_:backoff:clock:isRetryable:onRetry:operation:)``; `generator` is the source of jitter, used once for
/// each retry at most.
public func retrying<Result, Strategy: BackoffStrategy>(
    _ policy: RetryPolicy = .default,
    backoff: Strategy? = Backoff?.none,
    clock: some Clock<Duration> = ContinuousClock(),
    using generator: inout some RandomNumberGenerator,
    isRetryable: (any Error) -> Bool = { !($0 is CancellationError) },
    onRetry: (RetryPolicy.UpcomingRetry) -> Void = { _ in },
    operation: () async throws -> Result
) async throws -> Result {
    let start = clock.now
    var previousDelay: Duration?
    var retry = 0
    while true {
        do {
            return try await operation()
        } catch {
            guard isRetryable(error) else { throw error }
            let elapsed = start.duration(to: clock.now)
            let decision =
                if let backoff {
                    policy.decision(
                        retriesSoFar: retry, elapsed: elapsed, previousDelay: previousDelay, backoff: backoff,
                        using: &generator)
                } else {
                    policy.decision(
                        retriesSoFar: retry, elapsed: elapsed, previousDelay: previousDelay, using: &generator)
                }
            guard case .retry(let delay) = decision else { throw error }
            try Task.checkCancellation()
            onRetry(RetryPolicy.UpcomingRetry(number: retry, delay: delay, error: error))
            // Sleeping for nothing would still suspend, and on some clocks wait for a tick.
            if delay > .zero { try await clock.sleep(for: delay) }
            previousDelay = delay
            retry += 1
        }
    }
}
