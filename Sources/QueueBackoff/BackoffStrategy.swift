/// A strategy that determines how long to wait before each retry.
///
/// ``Backoff`` is the built-in strategy and covers the usual curves. Conform a type of your own when a delay depends
/// on something else, such as the hour of the day or a table of fixed delays.
///
/// A strategy is a pure function of its stored properties and the arguments: all randomness comes from the generator,
/// so that the same seed gives the same delays.
///
/// A generic parameter `some BackoffStrategy` takes the built-in factories with leading-dot syntax:
/// `.exponential(from: .seconds(1), upTo: .seconds(60))`.
public protocol BackoffStrategy: Sendable {
    /// Returns the time to wait before a retry.
    ///
    /// An implementation must accept every argument without trapping. A negative result is taken as zero, and one of
    /// more than 292 years as 292 years, by everything in this module that consumes a strategy.
    ///
    /// - Parameters:
    ///   - retry: The number of the retry, from zero: 0 is the first retry, after the first attempt failed. A negative
    ///     number means the same as 0.
    ///   - previous: What the strategy returned for the retry before this one, or `nil` if there was none or it is not
    ///     known. Only strategies that build on it, such as ``Jitter/decorrelated``, need it.
    ///   - generator: The only source of randomness.
    func delay(
        forRetry retry: Int,
        previous: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Duration
}

extension BackoffStrategy {
    /// Returns the time to wait before a retry, with randomness from the system.
    ///
    /// The system's generator may cost far more than the calculation; where many delays are drawn, keep a
    /// ``FastRandom``.
    @inlinable
    public func delay(forRetry retry: Int, previous: Duration? = nil) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return delay(forRetry: retry, previous: previous, using: &generator)
    }
}
