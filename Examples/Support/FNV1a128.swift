public import Foundation

/// The 128-bit FNV-1a hash (Fowler, Noll, Vo; draft-eastlake-fnv).
///
/// Equal files have equal hashes; different ones practically never do, unless somebody makes them so: it is not
/// cryptographic.
public struct FNV1a128: Sendable {
    private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b

    /// Creates the hash of no bytes.
    public init() {}

    /// Goes on from the digest of what came before; `nil` if the text is none.
    public init?(continuing digest: String) {
        guard digest.utf8.count == 32, let state = UInt128(digest, radix: 16) else { return nil }
        self.state = state
    }

    /// Creates the hash of a string's UTF-8 bytes.
    public init(of text: String) {
        update(Data(text.utf8))
    }

    /// Adds bytes.
    public mutating func update(_ data: Data) {
        var state = state
        data.withUnsafeBytes { bytes in
            for byte in bytes { state = (state ^ UInt128(byte)) &* Self.prime }
        }
        self.state = state
    }

    /// The hash so far, 32 hexadecimal digits.
    public var digest: String {
        let hexadecimal = String(state, radix: 16)
        return String(repeating: "0", count: 32 - hexadecimal.count) + hexadecimal
    }
}
