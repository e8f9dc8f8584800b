import QueueModel

/// The text of an SQL statement or of a part of one.
///
/// Parameters and the constants that the file stores are interpolated by their names.
struct SQLText: ExpressibleByStringInterpolation, CustomStringConvertible, Hashable, Sendable {
    let string: String

    var description: String { string }

    init(_ string: String) {
        self.string = string
    }

    init(stringLiteral value: String) {
        string = value
    }

    init(stringInterpolation: StringInterpolation) {
        string = stringInterpolation.string
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var string = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            string.reserveCapacity(literalCapacity + 8 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            string += literal
        }

        /// Appends a parameter that is bound by its name.
        mutating func appendInterpolation(_ parameter: Parameter) {
            string += ":\(parameter.rawValue)"
        }

        /// Appends the parameter of a row, from 0, in a statement for several rows.
        mutating func appendInterpolation(_ parameter: Parameter, row: Int) {
            string += row == 0 ? ":\(parameter.rawValue)" : ":\(parameter.rawValue)_\(row)"
        }

        /// Appends the number of a state.
        mutating func appendInterpolation(state: StoredState) {
            string += "\(state.rawValue)"
        }

        /// Appends the number above that of a state.
        mutating func appendInterpolation(above state: StoredState) {
            string += "\(state.rawValue + 1)"
        }

        /// Appends the number below that of a state.
        mutating func appendInterpolation(below state: StoredState) {
            string += "\(state.rawValue - 1)"
        }

        /// Appends the bits of flags.
        mutating func appendInterpolation(flags: JobFlags) {
            string += "\(flags.rawValue)"
        }

        mutating func appendInterpolation(_ part: SQLText) {
            string += part.string
        }

        mutating func appendInterpolation(_ number: some FixedWidthInteger) {
            string += "\(number)"
        }
    }
}

extension Sequence<SQLText> {
    func joined(separator: String) -> SQLText {
        SQLText(map(\.string).joined(separator: separator))
    }
}
