import Foundation
public import QueueModel

/// A coder that stores payloads, outputs and checkpoints as JSON: the default of a queue on a file or in memory.
///
/// Equal values have equal bytes, since keys are sorted; ``Uniqueness/payload`` relies on that. Values are restored
/// exactly: dates are seconds since 2001-01-01T00:00:00Z with their whole fraction, and `Data` is Base64. The format is
/// stable between releases.
public struct JSONCoder: PayloadCoder {
    /// Creates the coder.
    public init() {}

    /// Returns the value as JSON in UTF-8.
    public func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .deferredToDate
        return Array(try encoder.encode(value))
    }

    /// Returns the value of JSON in UTF-8.
    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .deferredToDate
        return try decoder.decode(type, from: Data(bytes))
    }
}
