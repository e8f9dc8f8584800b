#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A directory for one file of a queue, taken away with the value.
///
/// It is made in memory where the system has a file system there, since a script is played thousands of times.
package final class Directory: Sendable {
    /// The path, from the root and without links, as the layer under SQLite needs it.
    package let path: String

    /// No directory could be made.
    package struct Failure: Error {
        /// The system's number of what went wrong.
        package let code: Int32
    }

    /// Creates a directory.
    package init() throws(Failure) {
        let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(place)/millrace-faults-XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        guard isMade, let resolved = realpath(template, nil) else { throw Failure(code: errno) }
        path = String(cString: resolved)
        free(resolved)
    }

    deinit {
        clear()
        rmdir(path)
    }

    /// The path of the queue's file.
    package var database: String { "\(path)/queue.db" }
    /// The path of the file that the queue's is copied to.
    package var copy: String { "\(path)/copy.db" }

    /// Deletes all files.
    package func clear() {
        for suffix in Self.suffixes { unlink(database + suffix) }
        removeCopy()
    }

    /// Deletes the copy.
    package func removeCopy() {
        for suffix in Self.suffixes { unlink(copy + suffix) }
    }

    private static let suffixes = ["", "-wal", "-shm", "-journal", "-wake"]

    /// Copies the queue's file and its logs into another directory, as a crash at this instant would leave them.
    ///
    /// Opening and closing them here drops the locks that this process has on them, which no other process looks for.
    package func copyFiles(to other: Directory) {
        other.clear()
        for suffix in ["", "-wal", "-journal"] {
            if let bytes = Self.contents(of: database + suffix) { Self.write(bytes, to: other.database + suffix) }
        }
    }

    /// The bytes of a file; `nil` if there is none.
    package static func contents(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = pread(file, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Writes a file anew.
    package static func write(_ bytes: [UInt8], to path: String) {
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC, mode_t(0o600))
        guard file >= 0 else { return }
        defer { close(file) }
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(start)) }
            if count <= 0 { return }
            start += count
        }
    }
}
