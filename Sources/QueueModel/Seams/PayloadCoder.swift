/// Turns payloads, outputs and checkpoints into bytes and back.
///
/// The bytes stay in the store between releases of a program, so a coder must read what its earlier self has written. It is
/// called from many threads at once.
public protocol PayloadCoder: Sendable {
    /// The bytes of a value. What it throws becomes the `underlying` error of a ``QueueError`` with the code
    /// ``QueueError/Code/payloadNotEncodable``.
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8]
    /// The value of bytes. What it throws makes the job that they belong to fail for good.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}
