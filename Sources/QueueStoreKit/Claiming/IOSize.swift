public import QueueModel

/// The bytes that a job is expected to move, rounded to the steps in which they are judged.
///
/// Jobs of the same size pass or are held back alike, so a store can judge them together. Each axis is rounded up to
/// three significant bits, by a quarter at most.
public struct IOSize: RawRepresentable, Hashable, Sendable {
    /// One byte per axis; 0: nothing is expected.
    public let rawValue: UInt32

    /// Creates a size from a raw value of ``init(_:)``.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Creates the size of an amount; `nil` is the size of nothing.
    public init(_ amount: IOAmount?) {
        guard let amount else {
            rawValue = 0
            return
        }
        rawValue =
            Self.step(amount.diskRead) | Self.step(amount.diskWritten) << 8 | Self.step(amount.networkReceived) << 16
            | Self.step(amount.networkSent) << 24
    }

    /// Whether nothing is expected.
    public var isNone: Bool { rawValue == 0 }

    /// The amount that the size represents, at least the one it was created from.
    public var amount: IOAmount {
        IOAmount(
            diskRead: Self.bytes(rawValue & 255), diskWritten: Self.bytes(rawValue >> 8 & 255),
            networkReceived: Self.bytes(rawValue >> 16 & 255), networkSent: Self.bytes(rawValue >> 24))
    }

    /// Amounts below 4 are their own steps; above, a step is a fourth of the way to the next power of two.
    private static func step(_ bytes: Int64) -> UInt32 {
        if bytes < 4 { return UInt32(max(bytes, 0)) }
        let shift = Int64(61 - bytes.leadingZeroBitCount)
        let lead = bytes >> shift
        let isExact = lead << shift == bytes
        // A lead of 8 is the 4 of the next power.
        return UInt32(4 * shift + lead + (isExact ? 0 : 1))
    }

    private static func bytes(_ step: UInt32) -> Int64 {
        if step < 4 { return Int64(step) }
        let shift = Int64(step / 4) - 1
        let (lead, bits) = (Int64(4 + step % 4), Int64(60))
        return shift > bits ? .max : lead << shift
    }
}
