/// Writes numbers in as few bytes as they need, ten for a negative one: seven bits a byte, the lowest first (LEB128).
package struct VarintWriter {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func write(_ number: Int) {
        var rest = UInt(bitPattern: number)
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes the eight bytes of a number, the lowest first.
    package mutating func write(_ number: Double) {
        let bits = number.bitPattern
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
}

/// Reads what ``VarintWriter`` wrote; what was not written by it is `nil`.
package struct VarintReader {
    private let bytes: [UInt8]
    private var place = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var isAtEnd: Bool { place == bytes.count }

    package mutating func read() -> Int? {
        var number: UInt = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            number |= UInt(byte & 0x7F) << UInt(shift)
            if byte < 0x80 { return Int(bitPattern: number) }
        }
        return nil
    }

    /// Reads a number that is not negative.
    package mutating func readAmount() -> Int? {
        guard let number = read(), number >= 0 else { return nil }
        return number
    }

    /// Reads a number of things: no queue comes to count that far, and what is added to it does not overflow.
    package mutating func readCount() -> Int? {
        guard let number = readAmount(), UInt64(number) <= 1 << 48 else { return nil }
        return number
    }

    package mutating func readDouble() -> Double? {
        guard bytes.count - place >= 8 else { return nil }
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bits |= UInt64(bytes[place]) << shift
            place += 1
        }
        let number = Double(bitPattern: bits)
        return number.isFinite ? number : nil
    }
}
