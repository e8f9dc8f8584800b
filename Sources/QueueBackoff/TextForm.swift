// The string form of policies: words and `key=value` fields in a fixed order, separated by single spaces.
//
// A value has exactly one string. The reader may therefore be simple where the grammar allows more than one spelling (a
// number with a plus sign, 1000ms for 1s): what does not print back as it was read is rejected.

/// Reads a string form from left to right.
///
/// On bytes: a store reads one with every job, and looking for the bounds of characters would be most of the cost.
struct TextReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Takes the next word, up to a space or the end.
    mutating func word() -> Substring { Substring(wordBytes()) }

    /// Takes the value of the next word if that is a field with the name.
    mutating func field(_ name: StaticString) -> Substring? {
        let word = wordBytes()
        let end = word.index(word.startIndex, offsetBy: name.utf8CodeUnitCount, limitedBy: word.endIndex)
        guard let end, end < word.endIndex, word[end] == UInt8(ascii: "="),
            name.withUTF8Buffer({ word[..<end].elementsEqual($0) })
        else { return nil }
        return Substring(word[word.index(after: end)...])
    }

    private mutating func wordBytes() -> Substring.UTF8View {
        let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
        defer { rest = rest[end...].dropFirst() }
        return rest[..<end]
    }
}

/// The durations of the string form: a whole number and the largest of `s`, `ms`, `us` and `ns` that keeps it whole.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]

    static func text(_ nanoseconds: Int64) -> String {
        for unit in units where nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
        }
        return "\(nanoseconds)ns"
    }

    static func nanoseconds(_ text: Substring?) -> Int64? {
        guard let text else { return nil }
        let number = text.utf8.prefix { $0 < UInt8(ascii: "a") }
        let name = text[number.endIndex...]
        guard let count = Int64(Substring(number)), let unit = units.first(where: { $0.name == name }) else {
            return nil
        }
        let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        return overflow ? nil : nanoseconds
    }

    /// As `text`, with `none` for a missing limit.
    static func limitText(_ nanoseconds: Int64?) -> String {
        nanoseconds.map(text) ?? "none"
    }

    /// As `nanoseconds`, where `.some(nil)` is a missing limit.
    static func limit(_ text: Substring?) -> Int64?? {
        if text == "none" { return .some(nil) }
        return nanoseconds(text).map(Optional.some)
    }
}

/// The factors of the string form: the shortest decimal that reads back as the same `Double`, without a final `.0`.
enum FactorText {
    static func text(_ factor: Double) -> String {
        let text = factor.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func factor(_ text: Substring?) -> Double? {
        text.flatMap { Double($0) }
    }
}
