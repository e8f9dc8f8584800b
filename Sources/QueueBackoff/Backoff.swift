/// A delay strategy as a value: a curve, a cap, and jitter.
///
/// Build one with a factory such as ``BackoffStrategy/exponential(from:factor:upTo:jitter:)``:
///
///     let backoff: Backoff = .exponential(from: .seconds(1), upTo: .seconds(60), jitter: .full)
///
/// It can be stored: as a string (``description`` and ``init(_:)``, a stable format) and through `Codable`, which uses
/// that string.
///
/// The resolution is one nanosecond and the range 292 years. Finer parts of a duration are dropped, and a longer one
/// counts as 292 years, which as a cap means none.
///
/// Nothing traps. A factory stores what it is given, and ``validate()`` reports what is wrong with it. A delay is
/// always defined: a negative duration counts as zero; a factor below one, or not a number, as one; an infinite
/// factor goes to the cap at the second retry; what would overflow is the cap.
///
/// A delay takes a few nanoseconds and allocates nothing.
public struct Backoff: BackoffStrategy, Hashable {
    /// The growth of the delay from one retry to the next.
    public enum Curve: Equatable, Sendable {
        /// Not at all.
        case constant
        /// By the same amount each time.
        case linear(increment: Duration)
        /// By the same factor each time.
        case exponential(factor: Double)
    }

    @usableFromInline
    enum Growth: Hashable, Sendable {
        case constant
        case linear(nanoseconds: Int64)
        // As bits, so that a value with a factor that is not a number still equals itself.
        case exponential(factorBits: UInt64)

        /// With one bit pattern for all that is not a number, so that equal strings mean equal values.
        @inlinable
        static func exponential(factor: Double) -> Growth {
            .exponential(factorBits: (factor.isNaN ? .nan : factor).bitPattern)
        }
    }

    @usableFromInline let growth: Growth
    @usableFromInline let initialNanoseconds: Int64
    @usableFromInline let capNanoseconds: Int64

    /// The randomization of the curve's delay.
    public let jitter: Jitter

    @inlinable
    init(growth: Growth, initialNanoseconds: Int64, capNanoseconds: Int64, jitter: Jitter) {
        self.growth = growth
        self.initialNanoseconds = initialNanoseconds
        self.capNanoseconds = capNanoseconds
        self.jitter = jitter
    }

    /// The curve the delays follow.
    public var curve: Curve {
        switch growth {
        case .constant: .constant
        case .linear(let nanoseconds): .linear(increment: .nanoseconds(nanoseconds))
        case .exponential(let bits): .exponential(factor: Double(bitPattern: bits))
        }
    }

    /// The delay before the first retry, without jitter.
    public var initial: Duration { .nanoseconds(initialNanoseconds) }

    /// The longest delay there can be, or `nil` if there is no cap.
    ///
    /// For a constant back-off it is the delay itself.
    public var cap: Duration? { capNanoseconds == .max ? nil : .nanoseconds(capNanoseconds) }

    /// Returns the same curve and cap with another jitter.
    public func jittered(_ jitter: Jitter) -> Backoff {
        Backoff(
            growth: growth,
            initialNanoseconds: initialNanoseconds,
            capNanoseconds: capNanoseconds,
            jitter: jitter
        )
    }
}

// MARK: Delays

extension Backoff {
    /// Returns the time to wait before a retry: the curve's delay, capped and randomized.
    ///
    /// Defined for all arguments, between zero and the cap. See ``BackoffStrategy/delay(forRetry:previous:using:)``.
    @inlinable
    public func delay(
        forRetry retry: Int,
        previous: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        .nanoseconds(nanoseconds(forRetry: retry, previous: previous, using: &generator))
    }

    // Inlined by force, as is the curve, so that a delay is one call: the two further ones cost as much as a third
    // of it.
    @inlinable @inline(__always)
    func nanoseconds(
        forRetry retry: Int,
        previous: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        switch jitter {
        case .none:
            return curveNanoseconds(atRetry: retry)
        case .full:
            return Jitter.uniform(upTo: curveNanoseconds(atRetry: retry), using: &generator)
        case .equal:
            let whole = curveNanoseconds(atRetry: retry)
            return whole - Jitter.uniform(upTo: whole / 2, using: &generator)
        case .decorrelated:
            let base = initialNanoseconds.orZeroIfNegative
            let last = Swift.max(base, previous.map(Int64.init(nanosecondsIn:)) ?? base)
            let (triple, overflow) = last.multipliedReportingOverflow(by: 3)
            let drawn = base + Jitter.uniform(upTo: (overflow ? .max : triple) - base, using: &generator)
            return Swift.min(drawn, capNanoseconds.orZeroIfNegative)
        }
    }

    /// The delay of the curve, capped and without jitter, for any retry number.
    @inlinable @inline(__always)
    func curveNanoseconds(atRetry retry: Int) -> Int64 {
        let initial = initialNanoseconds.orZeroIfNegative
        let cap = capNanoseconds.orZeroIfNegative
        let steps = Swift.max(0, retry)
        switch growth {
        case .constant:
            return Swift.min(initial, cap)
        case .linear(let nanoseconds):
            let (added, overflow) = nanoseconds.orZeroIfNegative.multipliedReportingOverflow(by: Int64(steps))
            let (sum, carry) = initial.addingReportingOverflow(added)
            return overflow || carry ? cap : Swift.min(sum, cap)
        case .exponential(let bits):
            guard initial > 0 else { return 0 }
            // Doubling is a shift, exact and the usual case.
            if bits == 2.0.bitPattern {
                return steps < initial.leadingZeroBitCount ? Swift.min(initial &<< Int64(steps), cap) : cap
            }
            return Backoff.grow(initial, by: Double(bitPattern: bits), steps: steps, upTo: cap)
        }
    }

    /// `initial * factor^steps`, to the nearest nanosecond, at most `cap`.
    ///
    /// Multiplications alone, by squaring, so that the result is the same on every platform: the C library's `pow` is
    /// free to differ in the last place.
    @inlinable
    static func grow(_ initial: Int64, by factor: Double, steps: Int, upTo cap: Int64) -> Int64 {
        // Not a number fails this comparison as well.
        guard factor > 1 else { return Swift.min(initial, cap) }
        var value = Double(initial)
        var power = factor
        var rest = steps
        while rest > 0 {
            value *= rest & 1 == 1 ? power : 1
            power *= power
            rest &>>= 1
        }
        // Also true of infinity; below it, the value fits.
        guard value < Double(cap) else { return cap }
        return Int64(value + 0.5)
    }
}
