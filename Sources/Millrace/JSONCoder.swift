import Foundation
public import QueueModel

/// Writes payloads, outputs and checkpoints as JSON: what a queue uses unless it is told otherwise.
///
/// Equal values have equal bytes, since keys are sorted; ``Uniqueness/payload`` relies on it. Dates are ISO 8601 texts in UTC,
/// cut to whole seconds, and `Data` is Base64. The form is stable between releases.
public struct JSONCoder: PayloadCoder {
    /// Makes the coder.
    public init() {}

    /// The value as JSON in UTF-8.
    public func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return Array(try encoder.encode(value))
    }

    /// The value of JSON in UTF-8.
    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(bytes))
    }
}
