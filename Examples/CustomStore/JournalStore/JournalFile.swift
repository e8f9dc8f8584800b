import Foundation
import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An append-only file of lines, each with a checksum of its own: `crc32 json`, the checksum in eight hexadecimal
/// digits.
///
/// A process that is killed leaves at most one line that is not whole, the last one, whose call has not returned. It is
/// cut off when the file is opened. A line further up that is not whole is damage, and the file is refused: what
/// follows from it can't be known.
///
/// One process has it open at a time, by a lock (`flock`) that ends with the process however it ends.
struct JournalFile: ~Copyable {
    private let descriptor: Int32
    private let path: String
    /// The offset at which the last complete line ends.
    private(set) var length: Int

    /// The first line, which names the file's format and version.
    private static let header = Data("millrace journal 1\n".utf8)

    /// Opens or creates a file, and passes its lines to `read`, in order.
    ///
    /// - Throws: ``QueueError`` with the codes `busy`, `notAQueue`, `corrupt`, `permission` and `io`; a file that is
    ///   refused is left as it was.
    init(path: String, read: (Data) throws -> Void) throws {
        (descriptor, length) = try Self.opened(path, read)
        self.path = path
    }

    private static func opened(_ path: String, _ read: (Data) throws -> Void) throws -> (Int32, length: Int) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.permission, "opened", path) }
        do {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw QueueError(.busy, "another process has \(path) open", isTransient: true)
            }
            let contents = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
            var length = try Self.read(contents, path, read)
            if length < contents.count { try cut(descriptor, path, to: length) }
            if length == 0 { length = try write(header, to: descriptor, path, behind: 0) }
            return (descriptor, length)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// Appends a line, which survives the death of the process once this returns.
    ///
    /// If it throws, the line was not added.
    mutating func append(_ json: Data) throws(QueueError) {
        var line = Data(String(format: "%08x ", Checksum.crc32(of: json)).utf8)
        line.append(json)
        line.append(UInt8(ascii: "\n"))
        length = try Self.write(line, to: descriptor, path, behind: length)
    }

    /// Waits until all lines are on the disk, so that they survive a power loss too.
    func sync() throws(QueueError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(.io, "synced", path) }
    }

    // MARK: Reading

    /// Passes the complete lines of a file to `read`, in order, even while another process has it open.
    static func read(_ path: String, read: (Data) throws -> Void) throws {
        _ = try Self.read(try Data(contentsOf: URL(filePath: path)), path, read)
    }

    /// Passes on the complete lines, and returns the offset at which the last of them ends.
    private static func read(_ contents: Data, _ path: String, _ read: (Data) throws -> Void) throws -> Int {
        // Even the first line may be incomplete.
        if header.starts(with: contents) { return contents.count == header.count ? contents.count : 0 }
        guard contents.starts(with: header) else {
            throw QueueError(.notAQueue, "\(path) is not a journal of this form")
        }
        var start = header.count
        while start < contents.count {
            guard let end = contents[start...].firstIndex(of: UInt8(ascii: "\n")) else { return start }
            guard let json = Self.json(of: contents[start..<end]) else {
                if end == contents.count - 1 { return start }
                throw QueueError(.corrupt, "\(path) is damaged at byte \(start), before its end")
            }
            try read(json)
            start = end + 1
        }
        return start
    }

    /// Returns the content of a line if its checksum is right.
    private static func json(of line: Data) -> Data? {
        guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " ") else { return nil }
        let json = line.dropFirst(9)
        let checksum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
        return checksum == Checksum.crc32(of: json) ? json : nil
    }

    // MARK: Writing

    /// Writes all bytes or none, and returns the offset at which they end.
    private static func write(
        _ bytes: Data, to descriptor: Int32, _ path: String, behind length: Int
    ) throws(QueueError) -> Int {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                let failure = failure(errno == ENOSPC || errno == EDQUOT ? .diskFull : .io, "written to", path)
                try cut(descriptor, path, to: length)
                throw failure
            }
            written += count
        }
        return length + written
    }

    private static func cut(_ descriptor: Int32, _ path: String, to length: Int) throws(QueueError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw failure(.io, "cut", path) }
    }

    private static func failure(_ code: QueueError.Code, _ what: String, _ path: String) -> QueueError {
        let reason = String(cString: strerror(errno))
        return QueueError(
            code, "\(path) can't be \(what): \(reason)", isTransient: code == .io || code == .diskFull)
    }
}

/// The system's `write`, which a method of the same name would hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
