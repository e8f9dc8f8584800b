import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A directory of a test's own, taken away with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/millrace-faults-XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(isMade, "a directory for the test can't be made: \(errno)")
        let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // SQLite opens files by their paths without links.
        guard let resolved = realpath(made, nil) else {
            path = made
            return
        }
        path = String(cString: resolved)
        free(resolved)
    }

    deinit {
        for suffix in ["", "-wal", "-shm", "-wake", "-journal"] { unlink(database + suffix) }
        rmdir(path)
    }

    /// The path of the database that tests make in it.
    var database: String { "\(path)/queue.db" }
}

/// The bytes of a file; empty if there is none.
func contents(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(file, &buffer, buffer.count)
        if count <= 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// Writes a file.
func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, mode_t(0o600))
    try #require(file >= 0)
    defer { close(file) }
    try #require(pwrite(file, bytes, bytes.count, 0) == bytes.count)
}
