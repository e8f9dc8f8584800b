import Foundation
import Millrace

/// A line of the input, taken apart.
///
/// The rules are a small part of a shell's. Blanks separate words. In `'…'` all stands for itself; in `"…"` all but
/// `\"` and `\\`; elsewhere a backslash takes the next character as it is. Quotes may begin and end within a word.
/// There are no variables, patterns, pipes or redirections. Empty lines, and those that begin with `#`, are passed
/// over. `@high` and its kin before the command are its priority.
struct Line: Hashable {
    /// The number of the line in the input, from 1.
    var number: Int
    var priority: Priority
    /// The program and its arguments.
    var words: [String]

    /// Returns the lines of an input; throws all its faults together.
    static func all(of input: Data) throws(LineMistakes) -> [Line] {
        var lines: [Line] = []
        var mistakes: [String] = []
        for (index, bytes) in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            do throws(LineMistake) {
                if let line = try Line(bytes, number: index + 1) { lines.append(line) }
            } catch {
                mistakes.append("line \(index + 1): \(error.text)")
            }
        }
        guard mistakes.isEmpty else { throw LineMistakes(all: mistakes) }
        return lines
    }

    /// Parses a line; `nil` if it has no command.
    init?(_ bytes: Data, number: Int) throws(LineMistake) {
        guard !bytes.contains(0) else { throw LineMistake("a NUL, which no program can be given") }
        guard let text = String(data: bytes, encoding: .utf8) else { throw LineMistake("not UTF-8") }
        var rest = text.unicodeScalars[...].drop(while: Self.isBlank)
        guard let first = rest.first, first != "#" else { return nil }
        self.number = number
        priority = .normal
        if first == "@" {
            let name = rest.prefix { !Self.isBlank($0) }
            priority = try Self.priority(named: String(name.dropFirst()))
            rest = rest[name.endIndex...]
        }
        words = try Self.words(of: rest)
        if words.isEmpty { throw LineMistake("no command after the priority") }
    }

    private static func isBlank(_ character: Unicode.Scalar) -> Bool {
        character == " " || character == "\t"
    }

    private static func priority(named name: String) throws(LineMistake) -> Priority {
        switch name {
        case "realtime": return .realtime
        case "high": return .high
        case "normal": return .normal
        case "background": return .background
        case "idle": return .idle
        default:
            guard let number = UInt8(name) else {
                throw LineMistake("@\(name) is no priority; quote a program's name that begins so")
            }
            return Priority(rawValue: number)
        }
    }

    private static func words(of text: Substring.UnicodeScalarView) throws(LineMistake) -> [String] {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var rest = text
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("'", "'"), ("\"", "\""):
                quote = nil
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? String.UnicodeScalarView()
            case ("\\", nil), ("\\", "\""):
                // In double quotes a backslash is one unless it stands before what it is needed for.
                if quote != nil, rest.first != "\"", rest.first != "\\" {
                    word?.append(character)
                    continue
                }
                guard let next = rest.popFirst() else { throw LineMistake("a backslash at the end") }
                word = word ?? String.UnicodeScalarView()
                word?.append(next)
            case (_, nil) where isBlank(character):
                if let word { words.append(String(word)) }
                word = nil
            default:
                word = word ?? String.UnicodeScalarView()
                word?.append(character)
            }
        }
        if let quote { throw LineMistake("a \(quote) that is not closed") }
        if let word { words.append(String(word)) }
        return words
    }
}

/// What is wrong with a line.
struct LineMistake: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

/// What is wrong with an input.
struct LineMistakes: Error {
    let all: [String]
}
