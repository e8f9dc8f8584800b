/// The source of a program's standard input.
public enum ProgramInput: Hashable, Sendable {
    /// An empty input.
    case nothing
    /// Bytes, which are written to an unnamed file (in `TMPDIR`, or `/tmp` if it is not set) before the program starts.
    case bytes([UInt8])
    /// A file, by its path.
    case file(String)

    var path: String? {
        if case .file(let path) = self { path } else { nil }
    }
}

/// The destination of a stream that a program writes.
///
/// A program never waits for its output to be read: bytes that are not kept are discarded.
public enum ProgramOutput: Hashable, Sendable {
    /// The stream is discarded.
    case discarded
    /// The first bytes, up to this number, are kept in memory.
    case first(bytes: Int)
    /// The last bytes, up to this number, are kept in memory.
    ///
    /// While the program runs, up to twice as many are kept.
    case last(bytes: Int)
    /// The stream is written to a file, which is truncated, or created with mode 0666 less the umask.
    case file(String)
    /// The stream is appended to a file, which is created if it does not exist.
    case appended(to: String)

    var path: String? {
        switch self {
        case .file(let path), .appended(to: let path): path
        case .discarded, .first, .last: nil
        }
    }

    /// The number of bytes to capture, or `nil` if the stream is not captured.
    var capacity: Int? {
        switch self {
        case .first(bytes: let count), .last(bytes: let count): count
        case .discarded, .file, .appended: nil
        }
    }
}
