/// The number of a job, unique in its store for ever.
///
/// Ids are given in the order of submission, start at 1, and are never used again, so that a log line, a dependency or a
/// history entry that names an old job can't come to mean a new one.
public struct JobID: RawRepresentable, Hashable, Sendable, Codable {
    /// The number as it stands in the store; above 0.
    public let rawValue: Int64

    /// Makes the id with a number.
    @inlinable
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Makes the id with a number.
    @inlinable
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }
}

extension JobID: Comparable {
    /// Whether one job was submitted before the other.
    @inlinable
    public static func < (left: JobID, right: JobID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension JobID: CustomStringConvertible {
    /// The id as people write it: `#17`.
    public var description: String { "#\(rawValue)" }
}

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
