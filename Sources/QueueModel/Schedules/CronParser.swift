/// The values of one field, as parsed.
struct CronSet {
    /// A bit for each value.
    var bits: UInt64 = 0
    /// Whether the first character is `*`.
    var beginsWithStar = false
    /// The field as written, in capitals.
    var text = ""
}

/// A parser that reads a cron expression from left to right and stops at the first mistake.
///
/// It works on characters, not bytes, so that a position counts what a person sees.
struct CronParser {
    private static let maximumLength = 512

    private let characters: [Character]
    private var position = 0

    init(_ text: String) {
        // One more than allowed is enough to know that a text is too long.
        characters = Array(text.prefix(Self.maximumLength + 1))
    }

    mutating func expression() throws(CronExpression.ParseError) -> CronExpression {
        if characters.count > Self.maximumLength {
            throw CronExpression.ParseError(
                code: .tooLong, field: nil, position: Self.maximumLength,
                expected: "at most \(Self.maximumLength) characters")
        }
        skipBlanks()
        if current == "@" { return try macro() }
        let minute = try field(.minute)
        let hour = try field(.hour)
        let dayPosition = position
        let dayOfMonth = try field(.dayOfMonth)
        let month = try field(.month)
        let dayOfWeek = try field(.dayOfWeek)
        try expectEnd(after: "the day of week")
        let expression = CronExpression(minute, hour, dayOfMonth, month, dayOfWeek)
        // After 400 years the calendar repeats itself, days of the week included, so this search is a proof.
        if expression.first(onOrAfter: CronExpression.CivilTime(2000, 1, 1, 0, 0)) == nil {
            throw CronExpression.ParseError(
                code: .neverFires, field: .dayOfMonth, position: dayPosition,
                expected: "a day that one of the months has")
        }
        return expression
    }

    // MARK: Macros

    /// The macros of crontab(5) that name a time, expanded.
    private static let macros = [
        "@hourly": "0 * * * *",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
    ]

    private mutating func macro() throws(CronExpression.ParseError) -> CronExpression {
        let start = position
        while let current, !current.isBlank { position += 1 }
        guard let text = Self.macros[String(characters[start..<position]).lowercased()] else {
            throw CronExpression.ParseError(
                code: .unknownMacro, field: nil, position: start,
                expected: "@hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually")
        }
        skipBlanks()
        try expectEnd(after: "the macro")
        var parser = CronParser(text)
        return try parser.expression()
    }

    // MARK: Fields

    /// Reads a field and the blanks after it.
    private mutating func field(_ field: CronExpression.Field) throws(CronExpression.ParseError) -> CronSet {
        if current == nil {
            throw error(.missingField, field, "the field, \(field.valueText)")
        }
        let start = position
        var set = CronSet()
        set.beginsWithStar = current == "*"
        set.bits = try item(field)
        while current == "," {
            position += 1
            set.bits |= try item(field)
        }
        if let current, !current.isBlank {
            throw error(.unexpectedText, field, "a comma or the field's end")
        }
        set.text = String(characters[start..<position]).uppercased()
        skipBlanks()
        return set
    }

    /// Reads one item of a list: a star, a value or a range, with a step or without.
    private mutating func item(_ field: CronExpression.Field) throws(CronExpression.ParseError) -> UInt64 {
        var first = field.all.lowerBound
        var last = field.all.upperBound
        if current == "*" {
            position += 1
        } else {
            first = try value(field, orElse: "*, ").number
            if current == "-" {
                position += 1
                last = try rangeEnd(field, from: first)
            } else if current != "/" {
                last = first
            } else {
                // From 7, Sunday, there is nothing to step to.
                last = max(first, last)
            }
        }
        var step = 1
        if current == "/" {
            position += 1
            step = try self.step(field)
        }
        var bits: UInt64 = 0
        for number in stride(from: first, through: last, by: step) {
            bits |= 1 << UInt64(field == .dayOfWeek ? number % 7 : number)
        }
        return bits
    }

    private mutating func rangeEnd(_ field: CronExpression.Field, from first: Int) throws(CronExpression.ParseError)
        -> Int
    {
        let start = position
        var (last, isName) = try value(field)
        // By name, Sunday ends a week as well as it begins one: FRI-SUN.
        if isName, field == .dayOfWeek, last == 0, first > 0 { last = 7 }
        if last < first {
            position = start
            throw error(.reversedRange, field, "a value that is not before the range's beginning, \(first)")
        }
        return last
    }

    private mutating func step(_ field: CronExpression.Field) throws(CronExpression.ParseError) -> Int {
        let expected = "a step from 1 to \(field.range.upperBound)"
        let start = position
        guard let step = number() else {
            throw error(.unexpectedText, field, expected)
        }
        guard 1...field.range.upperBound ~= step else {
            position = start
            throw error(.outOfRange, field, expected)
        }
        return step
    }

    /// Reads a number or a name.
    private mutating func value(
        _ field: CronExpression.Field, orElse others: String = ""
    ) throws(CronExpression.ParseError) -> (number: Int, isName: Bool) {
        let expected = others + field.valueText
        let start = position
        if let number = number() {
            if field.range.contains(number) { return (number, false) }
            position = start
            throw error(.outOfRange, field, expected)
        }
        while let current, current.isASCII, current.isLetter { position += 1 }
        let name = String(characters[start..<position]).uppercased()
        if let index = field.names.firstIndex(of: name) {
            return (field.range.lowerBound + index, true)
        }
        position = start
        throw error(.unexpectedText, field, expected)
    }

    /// Reads digits, if there are any; a number of more than three digits is out of every range.
    private mutating func number() -> Int? {
        var number: Int?
        while let current, current.isASCII, let digit = current.wholeNumberValue {
            number = min((number ?? 0) * 10 + digit, 1000)
            position += 1
        }
        return number
    }

    // MARK: Characters

    private var current: Character? {
        position < characters.count ? characters[position] : nil
    }

    private mutating func skipBlanks() {
        while let current, current.isBlank { position += 1 }
    }

    private func expectEnd(after last: String) throws(CronExpression.ParseError) {
        if current != nil {
            throw CronExpression.ParseError(
                code: .extraField, field: nil, position: position, expected: "the end of the text after \(last)")
        }
    }

    private func error(_ code: CronExpression.ParseError.Code, _ field: CronExpression.Field, _ expected: String)
        -> CronExpression.ParseError
    {
        CronExpression.ParseError(code: code, field: field, position: position, expected: expected)
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension CronExpression {
    /// One of the five fields of a cron expression, in their order.
    public enum Field: String, Hashable, Sendable, CaseIterable {
        /// The minute of the hour, 0…59.
        case minute = "minute"
        /// The hour of the day, 0…23.
        case hour = "hour"
        /// The day of the month, 1…31.
        case dayOfMonth = "day of month"
        /// The month, 1…12 or `JAN`…`DEC`.
        case month = "month"
        /// The day of the week, 0…7 or `SUN`…`SAT`; both 0 and 7 are Sunday.
        case dayOfWeek = "day of week"

        /// The numbers that may be written.
        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...7
            }
        }

        /// The numbers that `*` stands for: 7 is another name of Sunday, not another day.
        var all: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : range }

        /// The names that may be written for numbers, the first for the lowest one.
        var names: [String] {
            switch self {
            case .minute, .hour, .dayOfMonth: []
            case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
            }
        }

        /// A description of what may be written for one value.
        var valueText: String {
            let numbers = "a number from \(range.lowerBound) to \(range.upperBound)"
            guard let first = names.first, let last = names.last else { return numbers }
            return "\(numbers) or a name from \(first) to \(last)"
        }
    }
}

extension CronExpression {
    /// The reason why a string is not a cron expression: the kind of mistake and its position.
    public struct ParseError: Error, Hashable {
        /// A kind of mistake.
        ///
        /// Codes may be added in a minor release; a `switch` needs a default.
        public struct Code: Hashable, Sendable, CustomStringConvertible {
            private enum Name: String {
                case missingField, extraField, unexpectedText, outOfRange, reversedRange, unknownMacro, neverFires,
                    tooLong
            }

            private let name: Name

            private init(_ name: Name) {
                self.name = name
            }

            /// The code's name.
            public var description: String { name.rawValue }

            /// The string ends before its fifth field.
            public static let missingField = Code(.missingField)
            /// Something follows the fifth field or the macro.
            public static let extraField = Code(.extraField)
            /// Something other than a number, a name or a separator is where one is required.
            public static let unexpectedText = Code(.unexpectedText)
            /// A number is not in the field's range, or a step is zero or greater than the field's highest number.
            public static let outOfRange = Code(.outOfRange)
            /// A range ends before it begins.
            public static let reversedRange = Code(.reversedRange)
            /// A word after `@` is not one of the macros.
            public static let unknownMacro = Code(.unknownMacro)
            /// None of the months has any of the days, as with 30 February.
            public static let neverFires = Code(.neverFires)
            /// The string has more than 512 characters.
            public static let tooLong = Code(.tooLong)
        }

        /// The kind of mistake.
        public let code: Code
        /// The field with the mistake; `nil` for the whole string or a macro.
        public let field: CronExpression.Field?
        /// The position of the mistake: the number of characters before it.
        public let position: Int
        /// A description of what was expected there.
        public let expected: String
    }
}

extension CronExpression.ParseError: CustomStringConvertible {
    /// The code, the field, the position and what was expected, in one line.
    public var description: String {
        let place = field.map { " in the field \"\($0.rawValue)\"" } ?? ""
        return "\(code)\(place) at character \(position): expected \(expected)"
    }
}
