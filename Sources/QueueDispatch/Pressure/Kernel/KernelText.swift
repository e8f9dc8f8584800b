/// The lines and words that the kernel's files are made of.
///
/// Split as bytes, since these texts are ASCII, some are long, and all of them are read again and again.
enum KernelText {
    /// The lines that are not empty.
    static func lines(_ text: String) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: "\n")).map { Substring($0) }
    }

    /// The parts of a line between spaces and tabs.
    static func words(_ line: Substring) -> [Substring] {
        line.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { Substring($0) }
    }

    /// A counter: decimal digits alone; one above `Int64.max` counts as that.
    ///
    /// `nil` for anything else, and for what has no room in 64 bits.
    static func counter(_ word: Substring) -> Int64? {
        guard word.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt64(word).map { Int64(clamping: $0) }
    }

    /// The counter of the first line that begins with a word; `nil` if there is none or it is none.
    ///
    /// `value(of: "usage_usec", in: …)` of `usage_usec 12` is 12, and `value(of: "MemTotal:", in: …)` of `MemTotal: 12
    /// kB` is 12.
    static func value(of name: String, in text: String) -> Int64? {
        for line in lines(text) where line.utf8.starts(with: name.utf8) {
            let words = words(line)
            if words.count >= 2, words[0] == name { return counter(words[1]) }
        }
        return nil
    }
}

extension Int64 {
    /// The sum, at most `Int64.max`; of what is not negative.
    func addingUpTo(_ other: Int64) -> Int64 {
        let (sum, hasOverflowed) = addingReportingOverflow(other)
        return hasOverflowed ? .max : sum
    }
}
