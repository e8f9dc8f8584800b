extension Backoff: LosslessStringConvertible {
    /// The value as one line of text, from which ``init(_:)`` creates the same value again.
    ///
    /// The format is stable: what one release writes, every later one reads. One of
    ///
    ///     backoff/1 constant delay=1s jitter=none
    ///     backoff/1 linear from=1s by=500ms upto=60s jitter=equal
    ///     backoff/1 exponential from=1s factor=1.5 upto=none jitter=full
    ///
    /// with single spaces and all fields in this order. `/1` is the version of the format. A duration is a whole number
    /// and the largest of the units `s`, `ms`, `us` and `ns` that keeps it whole; `upto=none` is no cap. A factor
    /// is the shortest decimal that reads back as the same `Double`. Equal values have equal strings.
    public var description: String { "backoff/1 \(fields)" }

    /// Creates a value from its string form.
    ///
    /// Strict: `nil` for everything that ``description`` would not have written exactly so. A value that was stored
    /// without being valid is read back as it was; see ``validate()``.
    public init?(_ description: String) {
        var reader = TextReader(description)
        guard reader.word() == "backoff/1", let backoff = Backoff(reading: &reader), reader.isAtEnd,
            backoff.description.utf8.elementsEqual(description.utf8)
        else { return nil }
        self = backoff
    }

    /// The string form after the version, as also used in a policy's.
    var fields: String {
        let initial = DurationText.text(initialNanoseconds)
        let cap = DurationText.limitText(capNanoseconds == .max ? nil : capNanoseconds)
        switch growth {
        case .constant:
            return "constant delay=\(initial) jitter=\(jitter.rawValue)"
        case .linear(let nanoseconds):
            let increment = DurationText.text(nanoseconds)
            return "linear from=\(initial) by=\(increment) upto=\(cap) jitter=\(jitter.rawValue)"
        case .exponential(let bits):
            let factor = FactorText.text(Double(bitPattern: bits))
            return "exponential from=\(initial) factor=\(factor) upto=\(cap) jitter=\(jitter.rawValue)"
        }
    }

    init?(reading reader: inout TextReader) {
        let growth: Growth
        let initial: Int64
        let cap: Int64
        switch reader.word() {
        case "constant":
            guard let delay = DurationText.nanoseconds(reader.field("delay")) else { return nil }
            (growth, initial, cap) = (.constant, delay, delay)
        case "linear":
            guard let from = DurationText.nanoseconds(reader.field("from")),
                let increment = DurationText.nanoseconds(reader.field("by")),
                let limit = DurationText.limit(reader.field("upto"))
            else { return nil }
            (growth, initial, cap) = (.linear(nanoseconds: increment), from, limit ?? .max)
        case "exponential":
            guard let from = DurationText.nanoseconds(reader.field("from")),
                let factor = FactorText.factor(reader.field("factor")),
                let limit = DurationText.limit(reader.field("upto"))
            else { return nil }
            (growth, initial, cap) = (.exponential(factor: factor), from, limit ?? .max)
        default:
            return nil
        }
        guard let jitter = reader.field("jitter").flatMap({ Jitter(rawValue: String($0)) }) else { return nil }
        self.init(growth: growth, initialNanoseconds: initial, capNanoseconds: cap, jitter: jitter)
    }
}

extension Backoff: Codable {
    /// Decodes the string form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` if it is not one.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText()
    }

    /// Encodes the string form, as a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Decoder {
    func decodeText<Value: LosslessStringConvertible>() throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Value(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not the text form of a \(Value.self): \(text)")
        }
        return value
    }
}
