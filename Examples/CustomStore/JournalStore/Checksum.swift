import Foundation

/// The checksum of gzip and Ethernet (CRC-32, ISO 3309): tells a line that was torn from one that is whole.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 0 ? rest >> 1 : (rest >> 1) ^ 0xedb8_8320 }
    }

    /// The checksum of some bytes.
    static func crc32(of bytes: Data) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { ($0 >> 8) ^ table[Int(($0 ^ UInt32($1)) & 0xff)] }
    }
}
