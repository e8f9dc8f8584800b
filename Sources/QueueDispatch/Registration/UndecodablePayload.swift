import QueueModel

/// A payload, or the output that a finalizing job left, can't be read by this build.
struct UndecodablePayload: Error, CustomStringConvertible {
    let underlying: any Error
    /// Whether it was an earlier version's, which the type could not translate.
    var isOfEarlierVersion = false

    var description: String {
        isOfEarlierVersion
            ? "its version can't be migrated: \(ErrorText.of(underlying))" : ErrorText.of(underlying)
    }

    /// Whether it was a later version's than this build knows.
    var isOfLaterVersion: Bool { (underlying as? QueueError)?.code == .newerPayload }
}

extension Job {
    /// The value of stored bytes; what that throws is an ``UndecodablePayload``.
    static func decodeStored(
        _ bytes: [UInt8], version: Int, with coder: any PayloadCoder
    ) throws(UndecodablePayload) -> Self {
        do {
            return try decodePayload(bytes, version: version, with: coder)
        } catch {
            throw UndecodablePayload(underlying: error, isOfEarlierVersion: version < Self.version)
        }
    }
}
