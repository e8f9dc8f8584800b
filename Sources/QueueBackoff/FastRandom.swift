/// A fast, seedable random number generator for jitter.
///
/// SplitMix64: Guy Steele, Doug Lea and Christine Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
/// with the constants of Sebastiano Vigna's `splitmix64.c`. The same seed gives the same numbers on every platform and
/// in every version. It takes about a nanosecond per number, and is not for secrets.
public struct FastRandom: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// Creates a generator that always gives the same numbers for the same seed.
    @inlinable
    public init(seed: UInt64) {
        state = seed
    }

    /// Creates a generator with a seed from the system.
    @inlinable
    public init() {
        var system = SystemRandomNumberGenerator()
        self.init(seed: system.next())
    }

    /// Returns the next number.
    @inlinable
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }
}
