import CMillraceSQLite

/// A value as SQLite keeps it: what a parameter is bound to, and what a column of a row has.
public enum SQLiteValue: Hashable, Sendable {
    /// NULL.
    case null
    /// A whole number.
    case integer(Int64)
    /// A number with a fraction.
    ///
    /// SQLite keeps NaN as NULL.
    case real(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// The number, if it is a whole one.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number, if it is one; whole ones are converted.
    public var real: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The text, if it is one.
    public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The bytes, if they are a blob.
    public var blob: [UInt8]? {
        if case .blob(let value) = self { value } else { nil }
    }
}

extension SQLiteValue {
    /// A number.
    public init(_ value: Int64) { self = .integer(value) }
    /// A number.
    public init(_ value: Int) { self = .integer(Int64(value)) }
    /// A number.
    public init(_ value: Double) { self = .real(value) }
    /// A text.
    public init(_ value: String) { self = .text(value) }
    /// Bytes.
    public init(_ value: [UInt8]) { self = .blob(value) }
}

extension SQLiteValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    /// NULL.
    public init(nilLiteral: ()) { self = .null }
    /// A number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .real(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
}
