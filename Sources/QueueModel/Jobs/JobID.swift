/// The number of a job, unique in its store.
///
/// Ids are assigned in the order of submission, start at 1, and are never reused, so an id in a log line, a
/// dependency or the history never refers to another job.
public struct JobID: RawRepresentable, Hashable, Sendable, Codable {
    /// The stored number, greater than 0.
    public let rawValue: Int64

    /// Creates the id with a number.
    @inlinable
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Creates the id with a number.
    @inlinable
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }
}

extension JobID: Comparable {
    /// Returns whether one job was submitted before another.
    @inlinable
    public static func < (left: JobID, right: JobID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension JobID: CustomStringConvertible {
    /// The id in its usual notation: `#17`.
    public var description: String { "#\(rawValue)" }
}

/// The number of a worker (one running queue) in its store, never reused.
public struct WorkerID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The stored number, greater than 0.
    public let rawValue: Int64

    /// Creates the id with a number.
    @inlinable
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The id in its usual notation: `worker 3`.
    public var description: String { "worker \(rawValue)" }
}
