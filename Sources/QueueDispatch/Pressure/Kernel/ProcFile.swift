#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads the small files that a kernel makes up when they are read, under `/proc` and `/sys`.
enum ProcFile {
    /// The whole text of a file; `nil` if it can't be read or is longer than the limit.
    ///
    /// Read until the end is seen: the size of such a file is given as 0. Bytes that are no UTF-8 become replacement
    /// characters, which no parser takes for a number.
    static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard bytes.count + count <= limit else { return nil }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
