import Foundation
public import QueueModel

/// Writes payloads, outputs and checkpoints as JSON: what a queue uses unless it is told otherwise.
///
/// Equal values have equal bytes, since keys are sorted; ``Uniqueness/payload`` relies on it. A value comes back as it was: dates are
/// numbers of seconds since 2001-01-01T00:00:00Z, with all their fraction, and `Data` is Base64. The form is stable between releases.
public struct JSONCoder: PayloadCoder {
    /// Makes the coder.
    public init() {}

    /// The value as JSON in UTF-8.
    public func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .deferredToDate
        return Array(try encoder.encode(value))
    }

    /// The value of JSON in UTF-8.
    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .deferredToDate
        return try decoder.decode(type, from: Data(bytes))
    }
}
