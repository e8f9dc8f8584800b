/// What a program finds on its standard input.
public enum ProgramInput: Hashable, Sendable {
    /// Nothing: the end of the input is where it begins.
    case nothing
    /// Bytes, which are put into a file without a name before the program starts (in `TMPDIR`, else `/tmp`).
    case bytes([UInt8])
    /// A file.
    case file(String)

    var path: String? {
        if case .file(let path) = self { path } else { nil }
    }
}

/// What becomes of a stream that a program writes.
///
/// A program never waits for its output to be read: what is not kept is thrown away.
public enum ProgramOutput: Hashable, Sendable {
    /// It is thrown away.
    case discarded
    /// The first so many bytes are kept in memory.
    case first(bytes: Int)
    /// The last so many bytes are kept in memory; up to twice as many while the program runs.
    case last(bytes: Int)
    /// It goes into a file, which is emptied first, or made, with the rights that the umask leaves.
    case file(String)
    /// It goes to the end of a file, which is made if there is none.
    case appended(to: String)

    var path: String? {
        switch self {
        case .file(let path), .appended(to: let path): path
        case .discarded, .first, .last: nil
        }
    }

    /// How much is captured, if anything is.
    var capacity: Int? {
        switch self {
        case .first(bytes: let count), .last(bytes: let count): count
        case .discarded, .file, .appended: nil
        }
    }
}
