import QueueModel

/// The error that a payload, or the output that a job to be finalized has stored, can't be read by this build.
struct UndecodablePayload: Error, CustomStringConvertible {
    let underlying: any Error
    /// Whether it has an earlier version, which the type could not migrate.
    var isOfEarlierVersion = false

    var description: String {
        isOfEarlierVersion
            ? "its version can't be migrated: \(ErrorText.of(underlying))" : ErrorText.of(underlying)
    }

    /// Whether it has a later version than this build knows.
    var isOfLaterVersion: Bool { (underlying as? QueueError)?.code == .newerPayload }
}

extension Job {
    /// Returns the value of stored bytes; throws ``UndecodablePayload``.
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
