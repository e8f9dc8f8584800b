extension TypeStatistics {
    /// A histogram of durations, with little memory and a known error.
    ///
    /// A duration is counted in whole milliseconds, in one of eight equal buckets of its octave (from a power of two to
    /// the next), as in HdrHistogram (Gil Tene). Below 16 ms a bucket is one millisecond wide; above, at most an eighth
    /// as wide as its lower end. A percentile is the middle of a bucket, so its error is at most a sixteenth (6.25 %).
    /// Count, sum, minimum and maximum are exact. Histograms can be merged.
    public struct DurationHistogram: Hashable, Sendable {
        /// The number of durations.
        public private(set) var count = 0
        /// The sum in milliseconds, clamped to the range of `Int64`.
        private var sum: Int64 = 0
        private var least: Int64 = 0
        private var greatest: Int64 = 0
        /// The number in each bucket, up to the last that has any.
        private var buckets: [Int] = []

        /// Creates an empty histogram.
        public init() {}

        /// Adds a number of equal durations; a negative one counts as zero.
        public mutating func add(_ duration: Duration, count: Int = 1) {
            add(milliseconds: duration.wholeMilliseconds, count: count)
        }

        package mutating func add(milliseconds: Int64, count added: Int) {
            if added <= 0 { return }
            let value = max(milliseconds, 0)
            least = count == 0 ? value : min(least, value)
            greatest = max(greatest, value)
            let (product, overflow) = value.multipliedReportingOverflow(by: Int64(added))
            sum = sum.saturatingSum(overflow ? .max : product)
            count += added
            let bucket = Self.bucket(of: value)
            if bucket >= buckets.count {
                buckets += repeatElement(0, count: bucket + 1 - buckets.count)
            }
            buckets[bucket] += added
        }

        /// Adds the durations of another histogram.
        public mutating func merge(_ other: TypeStatistics.DurationHistogram) {
            if other.count == 0 { return }
            least = count == 0 ? other.least : min(least, other.least)
            greatest = max(greatest, other.greatest)
            sum = sum.saturatingSum(other.sum)
            count += other.count
            if buckets.count < other.buckets.count {
                buckets += repeatElement(0, count: other.buckets.count - buckets.count)
            }
            for (place, number) in other.buckets.enumerated() { buckets[place] += number }
        }

        // MARK: Looking

        /// The exact mean; `nil` without durations.
        public var mean: Duration? { count == 0 ? nil : .milliseconds(Double(sum) / Double(count)) }
        /// The exact minimum; `nil` without durations.
        public var minimum: Duration? { count == 0 ? nil : .milliseconds(least) }
        /// The exact maximum; `nil` without durations.
        public var maximum: Duration? { count == 0 ? nil : .milliseconds(greatest) }

        /// Returns a percentile by nearest rank, with an error of at most a sixteenth; `nil` without durations.
        ///
        /// - Parameter part: The part of all durations that do not exceed the result, 0…1. A value out of range is
        ///   clamped; not a number counts as 0.
        public func percentile(_ part: Double) -> Duration? {
            if count == 0 { return nil }
            let part = part.isNaN ? 0 : min(max(part, 0), 1)
            let rank = max(1, Int((part * Double(count)).rounded(.up)))
            // The ends are known exactly.
            if rank == 1 { return minimum }
            if rank >= count { return maximum }
            var seen = 0
            for (place, number) in buckets.enumerated() {
                seen += number
                if seen >= rank {
                    let middle = Self.lower(of: place) + (Self.width(of: place) - 1) / 2
                    return .milliseconds(min(max(middle, least), greatest))
                }
            }
            return maximum
        }

        /// The median; see ``percentile(_:)``.
        public var p50: Duration? { percentile(0.5) }
        /// The 95th percentile; see ``percentile(_:)``.
        public var p95: Duration? { percentile(0.95) }
        /// The 99th percentile; see ``percentile(_:)``.
        public var p99: Duration? { percentile(0.99) }

        // MARK: Buckets

        /// Eight buckets per octave are distinguished by three bits below the highest.
        private static let bits = 3
        /// The last bucket, in which `Int64.max` falls.
        private static let lastBucket = bucket(of: .max)

        private static func bucket(of value: Int64) -> Int {
            let exponent = 63 - (value | 1).leadingZeroBitCount
            if exponent < bits { return Int(value) }
            let shift = exponent - bits
            return (shift + 1) << bits + Int(value >> Int64(shift)) - 1 << bits
        }

        private static func width(of bucket: Int) -> Int64 { 1 << Int64(max(bucket >> bits - 1, 0)) }

        private static func lower(of bucket: Int) -> Int64 {
            let octave = bucket >> bits
            if octave == 0 { return Int64(bucket) }
            return Int64(1 << bits + bucket & (1 << bits - 1)) << Int64(octave - 1)
        }
    }
}

// MARK: - Stored form

extension TypeStatistics.DurationHistogram {
    /// Writes the stored form: the exact values, then each nonempty bucket by its distance from the previous one and
    /// its number.
    package func write(to writer: inout VarintWriter) {
        writer.write(count)
        if count == 0 { return }
        writer.write(Int(sum))
        writer.write(Int(least))
        writer.write(Int(greatest))
        var last = -1
        for place in buckets.indices where buckets[place] > 0 {
            writer.write(place - last)
            writer.write(buckets[place])
            last = place
        }
        writer.write(0)
    }

    /// Reads the stored form; `nil` if it is invalid.
    package init?(from reader: inout VarintReader) {
        self.init()
        guard let count = reader.readCount() else { return nil }
        if count == 0 { return }
        guard let sum = reader.readAmount(), let least = reader.readAmount(), let greatest = reader.readAmount() else {
            return nil
        }
        var place = -1
        var total = 0
        while true {
            guard let distance = reader.readCount() else { return nil }
            if distance == 0 { break }
            guard distance <= Self.lastBucket - place, let number = reader.readCount(), number > 0,
                number <= count - total
            else { return nil }
            buckets += repeatElement(0, count: distance)
            place += distance
            buckets[place] = number
            total += number
        }
        guard total == count, least <= greatest else { return nil }
        self.count = count
        self.sum = Int64(sum)
        self.least = Int64(least)
        self.greatest = Int64(greatest)
    }
}

extension Int64 {
    /// Returns the sum, clamped to the range of `Int64`.
    package func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

/// A writer of numbers in as few bytes as they need, ten for a negative one: seven bits per byte, the lowest first
/// (LEB128).
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

/// A reader of what ``VarintWriter`` wrote; anything else is `nil`.
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

    /// Reads a count, which is small enough that adding to it can't overflow.
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
