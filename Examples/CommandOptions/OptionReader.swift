/// Reads a command line word by word.
///
///     var options = OptionReader(CommandLine.arguments.dropFirst())
///     while let word = options.next() {
///         switch word {
///         case "--jobs": jobs = try options.number(in: 1...1024)
///         case "--fresh": isFresh = true
///         default: files.append(try options.argument())
///         }
///     }
///
/// An option is a word that begins with two dashes. Its value is the next word.
package struct OptionReader {
    private var rest: ArraySlice<String>
    private var word = ""

    /// Creates a reader of the words after the program's name.
    package init(_ words: some Sequence<String>) {
        rest = Array(words)[...]
    }

    /// Returns the next word; `nil` at the end.
    package mutating func next() -> String? {
        guard let next = rest.popFirst() else { return nil }
        word = next
        return next
    }

    /// Returns the last word, which is not an option.
    ///
    /// - Throws: ``UsageError`` if it begins with two dashes.
    package func argument() throws(UsageError) -> String {
        guard !word.hasPrefix("--") else { throw UsageError("there is no option \(word)") }
        return word
    }

    /// Returns the value of the last word, an option.
    ///
    /// - Throws: ``UsageError`` if there is none, or an empty one.
    package mutating func value() throws(UsageError) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else { throw UsageError("\(word) needs a value") }
        return value
    }

    /// Returns the value of the last word as a number.
    ///
    /// - Throws: ``UsageError`` if it is not a number in the range.
    package mutating func number<Number: LosslessStringConvertible & Comparable>(
        in range: ClosedRange<Number>
    ) throws(UsageError) -> Number {
        let value = try value()
        guard let number = Number(value), range.contains(number) else {
            throw UsageError(
                "\(word) is \(value), it must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Returns what a closure makes of the value of the last word.
    ///
    /// - Throws: ``UsageError`` if the closure returns `nil`.
    package mutating func value<Value>(
        _ read: (String) -> Value?
    ) throws(UsageError) -> Value {
        let value = try value()
        guard let made = read(value) else { throw UsageError("\(word) can't be \(value)") }
        return made
    }

    /// Returns the only argument of a list.
    ///
    /// - Parameters:
    ///   - arguments: All arguments.
    ///   - what: What the argument names, such as "directory".
    /// - Throws: ``UsageError`` if there are none or several.
    package static func only(_ arguments: [String], _ what: String) throws(UsageError) -> String {
        guard let only = arguments.first, arguments.count == 1 else {
            throw UsageError(arguments.isEmpty ? "which \(what)?" : "one \(what), please")
        }
        return only
    }
}

/// A fault of a command line, as a sentence for the user.
package struct UsageError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
