import Foundation

/// Counts lines and words: a line ends with a newline, a word is what stands between bytes of white space.
///
/// The parts of a file come one after the other.
struct TextCounter {
    private(set) var counts = Tally.Counts(files: 1)
    /// The bytes of the longest line, without its newline.
    private(set) var longestLine: Int64 = 0
    private var line: Int64 = 0
    private var isInWord = false

    mutating func add(_ part: Data) {
        var (lines, words) = (0 as Int64, 0 as Int64)
        part.withUnsafeBytes { bytes in
            for byte in bytes {
                // Tab, newline, vertical tab, form feed, carriage return; blank.
                let isSpace = byte &- 9 < 5 || byte == 32
                if !isSpace, !isInWord { words += 1 }
                isInWord = !isSpace
                if byte == 10 {
                    lines += 1
                    longestLine = max(longestLine, line)
                    line = 0
                } else {
                    line += 1
                }
            }
        }
        longestLine = max(longestLine, line)
        counts.bytes += Int64(part.count)
        counts.lines += lines
        counts.words += words
    }

    /// The counts of a file.
    func tally(of path: String) -> Tally {
        var tally = Tally()
        tally.total = counts
        tally.extensions = [Tree.fileExtension(of: path): counts]
        tally.subtrees = [Tree.subtree(of: Tree.directory(of: path)): counts]
        tally.longestLine = Tally.Line(bytes: longestLine, path: path)
        return tally
    }
}
