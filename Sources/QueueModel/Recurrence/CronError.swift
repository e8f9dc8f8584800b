/// Why a text is not a cron expression: the kind of mistake, and where it stands.
public struct CronError: Error, Hashable {
    /// The kind of mistake.
    ///
    /// Codes may be added in a minor release; a `switch` needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case missingField, extraField, unexpectedText, outOfRange, reversedRange, unknownMacro, neverFires, tooLong
        }

        private let name: Name

        private init(_ name: Name) {
            self.name = name
        }

        /// The code's name.
        public var description: String { name.rawValue }

        /// The text ends before its fifth field.
        public static let missingField = Code(.missingField)
        /// Something follows the fifth field or the macro.
        public static let extraField = Code(.extraField)
        /// Something stands where a number, a name or a separator has to.
        public static let unexpectedText = Code(.unexpectedText)
        /// A number is not in the field's range, or a step is zero or greater than the field's highest number.
        public static let outOfRange = Code(.outOfRange)
        /// A range ends before it begins.
        public static let reversedRange = Code(.reversedRange)
        /// A word after `@` is not one of the macros.
        public static let unknownMacro = Code(.unknownMacro)
        /// None of the months has one of the days, as for 30 February.
        public static let neverFires = Code(.neverFires)
        /// The text has more than 512 characters.
        public static let tooLong = Code(.tooLong)
    }

    /// The kind of mistake.
    public let code: Code
    /// The field that is at fault; `nil` where it is the whole text or a macro.
    public let field: CronField?
    /// Where in the text the mistake begins: the number of characters before it.
    public let position: Int
    /// What was expected there, for a person.
    public let expected: String
}

extension CronError: CustomStringConvertible {
    /// Code, field, position and what was expected, in one line.
    public var description: String {
        let place = field.map { " in the field \"\($0.rawValue)\"" } ?? ""
        return "\(code)\(place) at character \(position): expected \(expected)"
    }
}
