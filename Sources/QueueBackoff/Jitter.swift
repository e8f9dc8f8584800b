/// The randomization of a delay, so that clients that failed together do not come back together.
///
/// The formulas are those of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015:
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>. Each draws one 64-bit number per
/// delay. His measurements favor ``full`` for the least total work, with ``decorrelated`` close behind.
public enum Jitter: String, Hashable, Sendable, CaseIterable {
    /// The delay of the curve as it is.
    ///
    /// For an optional `Jitter`, write `Jitter.none`: `.none` alone is `nil`.
    case none

    /// Anything from zero to the delay of the curve, uniformly: `random_between(0, d)`.
    case full

    /// Half of the curve's delay, and anything up to the other half: `d / 2 + random_between(0, d / 2)`.
    case equal

    /// Anything from the initial delay to three times the previous one, capped:
    /// `min(cap, random_between(initial, previous * 3))`.
    ///
    /// It takes the place of the curve: only the initial delay and the cap matter. The initial delay stands in for a
    /// previous one that is missing or smaller, so the first delay is between one and three times the initial one.
    case decorrelated
}

extension Jitter {
    /// A uniform draw from `0...bound`, for a bound of at least zero.
    ///
    /// Multiplying instead of rejecting (Daniel Lemire, "Fast Random Integer Generation in an Interval", 2019) takes
    /// exactly one number from the generator. The bias, at most `bound / 2^64`, is nothing in a delay.
    @inlinable
    static func uniform(upTo bound: Int64, using generator: inout some RandomNumberGenerator) -> Int64 {
        Int64(truncatingIfNeeded: generator.next().multipliedFullWidth(by: UInt64(bound) &+ 1).high)
    }
}
