import Foundation

/// The checksum of gzip and Ethernet (CRC-32, ISO 3309): tells a line that was torn from one that is whole.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 0 ? rest >> 1 : (rest >> 1) ^ 0xedb8_8320 }
    }

    /// The checksum of some bytes.
    static func crc32(of bytes: Data) -> UInt32 {
        let table = table
        return bytes.withUnsafeBytes { bytes in
            var rest = ~UInt32(0)
            for byte in bytes { rest = (rest >> 8) ^ table[Int((rest ^ UInt32(byte)) & 0xff)] }
            return ~rest
        }
    }
}
