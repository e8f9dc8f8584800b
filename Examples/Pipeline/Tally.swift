/// What was found in a file, a directory or a whole tree: the output of most jobs, and a sum of such.
///
/// Once arranged, sums don't depend on the order in which they were made.
struct Tally: Codable, Hashable, Sendable {
    /// A count of files, with their lines, words and bytes.
    struct Counts: Codable, Hashable, Sendable {
        var files = 0
        var bytes: Int64 = 0
        var lines: Int64 = 0
        var words: Int64 = 0

        static func + (left: Counts, right: Counts) -> Counts {
            Counts(
                files: left.files + right.files, bytes: left.bytes + right.bytes, lines: left.lines + right.lines,
                words: left.words + right.words)
        }
    }

    /// The outcome of a line, without its command.
    struct Line: Codable, Hashable, Sendable {
        var bytes: Int64
        var path: String

        /// The longer of two; of two that are equal the one whose path comes first.
        static func longest(_ one: Line?, _ other: Line?) -> Line? {
            guard let one else { return other }
            guard let other else { return one }
            return (other.bytes, one.path) > (one.bytes, other.path) ? other : one
        }
    }

    /// A file that was checksummed.
    struct LargeFile: Codable, Hashable, Sendable {
        var path: String
        var bytes: Int64
        var checksum: String
    }

    var directories = 0
    var total = Counts()
    var extensions: [String: Counts] = [:]
    var subtrees: [String: Counts] = [:]
    var longestLine: Line?
    var large: [LargeFile] = []
    /// Paths of files and directories that could not be read.
    var unreadable: [String] = []

    /// Adds another tally.
    mutating func add(_ other: Tally) {
        directories += other.directories
        total = total + other.total
        extensions.merge(other.extensions) { $0 + $1 }
        subtrees.merge(other.subtrees) { $0 + $1 }
        longestLine = Line.longest(longestLine, other.longestLine)
        large += other.large
        unreadable += other.unreadable
    }

    /// Sorts the lists, so that the order of additions does not matter.
    mutating func arrange() {
        large.sort { $0.path < $1.path }
        // A large file that can't be read is missed by its count and by its checksum.
        unreadable = Set(unreadable).sorted()
    }
}
