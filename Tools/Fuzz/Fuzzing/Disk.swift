#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The few things that are done with files.
enum Disk {
    /// The bytes of a file; `nil` if it can't be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file anew.
    static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "wb") else { return }
        _ = fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    /// Deletes a queue's file with its companion files.
    static func removeQueue(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-wake", "-journal"] { unlink(path + suffix) }
    }
}
