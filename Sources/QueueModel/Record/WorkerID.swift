/// The number of a worker (one running queue) in its store, never used again.
public struct WorkerID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The number as it stands in the store; above 0.
    public let rawValue: Int64

    /// Makes the id with a number.
    @inlinable
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The id as people write it: `worker 3`.
    public var description: String { "worker \(rawValue)" }
}
