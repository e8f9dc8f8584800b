/// The settings of a command line: words that begin with two dashes, each with a value.
struct Flags {
    private var values: [String: String] = [:]

    /// Reads the words; `nil` if one is not known, or has no value.
    init?(_ words: ArraySlice<String>, known: Set<String>) {
        var words = words
        while let word = words.popFirst() {
            guard known.contains(word), let value = words.popFirst() else { return nil }
            values[word] = value
        }
    }

    /// The value of a setting; `nil` if there is none.
    subscript(name: String) -> String? { values[name] }

    /// The number that a setting gives, or the usual one; `nil` if it is none of the range.
    func number<Number: LosslessStringConvertible & Comparable>(
        _ name: String, usually usual: Number, in range: ClosedRange<Number>
    ) -> Number? {
        guard let text = values[name] else { return usual }
        return Number(text).flatMap { range.contains($0) ? $0 : nil }
    }
}
