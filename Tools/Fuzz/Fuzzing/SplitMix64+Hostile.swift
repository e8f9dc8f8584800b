import QueueTesting

extension SplitMix64 {
    /// A number from 0, below `sides`, which is above 0.
    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }

    /// One of some values, of which there is one at least.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(values.count)] }

    /// A whole number of the kind that overflows: an end of a range, a power of two or its neighbour, or any.
    mutating func hostileInteger() -> Int64 {
        switch roll(6) {
        case 0: pick([.min, .min + 1, -1, 0, 1, .max - 1, .max])
        case 1: pick([-2, 2, 3, 7, 8, 9, 15, 16, 22, 23, 255, 256, -256, 1_700_000_000_000])
        case 2: Int64(1) << Int64(roll(63)) &+ Int64(roll(3) - 1)
        case 3: -(Int64(1) << Int64(roll(63))) &+ Int64(roll(3) - 1)
        case 4: Int64(roll(20))
        default: Int64(bitPattern: next())
        }
    }

    /// Bytes by chance, many of them printable.
    mutating func bytes(upTo count: Int) -> [UInt8] {
        let count = roll(count + 1)
        return (0..<count).map { _ in roll(3) == 0 ? UInt8(truncatingIfNeeded: next()) : UInt8(32 + roll(95)) }
    }
}
