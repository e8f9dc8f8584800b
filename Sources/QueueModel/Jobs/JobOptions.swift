public import QueueBackoff

/// Settings of a job, each of which may be left open (`nil`) for the next level to set.
///
/// The first level that sets a value wins: the submission, the job type, its domain, the queue, the built-in default.
/// Values are resolved at submission and stored with the job, except ``retry`` and ``timeout``. Those are resolved
/// when the job runs, so that a new release of the program can change them for jobs that are already waiting; only a
/// submission's own values are stored.
public struct JobOptions: Sendable {
    /// The priority; built-in default ``Priority/normal``.
    public var priority: Priority?
    /// The retry policy; built-in default `RetryPolicy.default`.
    public var retry: RetryPolicy?
    /// The group that the job shares limits with, 1…512 bytes of UTF-8 without NUL; built-in default: none.
    public var group: String?
    /// The time limit of an attempt, after which it is cancelled; greater than zero, built-in default: none.
    public var timeout: Duration?
    /// The time after submission within which the job must start, else it expires; greater than zero, built-in
    /// default: no limit.
    public var timeToLive: Duration?
    /// The reaction to a unique key that an active job has; built-in default ``Uniqueness/DuplicateStrategy/skip``.
    public var onDuplicate: Uniqueness.DuplicateStrategy?
    /// Whether a child's permanent failure cancels its siblings and fails this job; built-in default `true`.
    public var failFast: Bool?
    /// The bytes that the job is expected to move; built-in default: unknown.
    public var expectedIO: IOAmount?
    /// Tags in addition to those of the other levels; for each key, the level nearest to the submission wins.
    public var tags: [Tag]

    /// Creates options; omitted ones are left open.
    public init(
        priority: Priority? = nil,
        retry: RetryPolicy? = nil,
        group: String? = nil,
        timeout: Duration? = nil,
        timeToLive: Duration? = nil,
        onDuplicate: Uniqueness.DuplicateStrategy? = nil,
        failFast: Bool? = nil,
        expectedIO: IOAmount? = nil,
        tags: [Tag] = []
    ) {
        self.priority = priority
        self.retry = retry
        self.group = group
        self.timeout = timeout
        self.timeToLive = timeToLive
        self.onDuplicate = onDuplicate
        self.failFast = failFast
        self.expectedIO = expectedIO
        self.tags = tags
    }

    /// Returns these options, with the open ones taken from a more general level.
    public func falling(backTo general: JobOptions) -> JobOptions {
        JobOptions(
            priority: priority ?? general.priority,
            retry: retry ?? general.retry,
            group: group ?? general.group,
            timeout: timeout ?? general.timeout,
            timeToLive: timeToLive ?? general.timeToLive,
            onDuplicate: onDuplicate ?? general.onDuplicate,
            failFast: failFast ?? general.failFast,
            expectedIO: expectedIO ?? general.expectedIO,
            tags: Self.merge(tags, over: general.tags)
        )
    }

    /// Returns the tags of both levels; for each key, the first level wins.
    package static func merge(_ own: [Tag], over general: [Tag]) -> [Tag] {
        if general.isEmpty { return own }
        if own.isEmpty { return general }
        return own + general.filter { tag in !own.contains { $0.key == tag.key } }
    }
}

/// The urgency of a job: 0…255, lower numbers run first.
///
/// Of the jobs that may start, the one with the lowest number is claimed first, and of equal ones the one that was
/// submitted first. `Comparable` orders by urgency: `.realtime < .normal`.
public struct Priority: RawRepresentable, Hashable, Sendable, Codable {
    /// The number, 0 (most urgent) to 255.
    public let rawValue: UInt8

    /// Creates the priority with a number.
    @inlinable
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The most urgent priority, 0, which no pressure holds back.
    public static let realtime = Priority(rawValue: 0)
    /// A priority above normal, 64.
    public static let high = Priority(rawValue: 64)
    /// The default priority, 128.
    public static let normal = Priority(rawValue: 128)
    /// A priority below normal, 192.
    public static let background = Priority(rawValue: 192)
    /// The least urgent priority, 255.
    public static let idle = Priority(rawValue: 255)
}

extension Priority: Comparable {
    /// Returns whether one priority runs before another.
    @inlinable
    public static func < (left: Priority, right: Priority) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Priority: ExpressibleByIntegerLiteral {
    /// Creates the priority with a number, 0…255.
    public init(integerLiteral value: UInt8) {
        self.init(rawValue: value)
    }
}

extension Priority: CustomStringConvertible {
    /// The name of a named priority, otherwise the number.
    public var description: String {
        switch self {
        case .realtime: "realtime"
        case .high: "high"
        case .normal: "normal"
        case .background: "background"
        case .idle: "idle"
        default: "\(rawValue)"
        }
    }
}

/// The property by which a job excludes other active jobs of its type.
public enum Uniqueness: Hashable, Sendable {
    /// Any number of equal jobs may be active. The default.
    case none
    /// The payload's bytes are the key.
    ///
    /// The index that finds them stores the bytes a second time. For payloads above a few KiB, use ``key(_:)``
    /// instead.
    case payload
    /// The key is a string of the caller's, 1…512 bytes of UTF-8 without NUL.
    ///
    /// Equal keys of different types don't exclude each other.
    case key(String)
}

extension Uniqueness {
    /// The key under which a job excludes others of its type, as it is stored.
    ///
    /// The key is taken while its job is active and free once the job has ended. A string and a payload are never the
    /// same key, even if their bytes are equal.
    public enum Key: Hashable, Sendable, Codable {
        /// A string of the submitter's.
        case text(String)
        /// The payload's bytes.
        case payload([UInt8])
    }
}

extension Uniqueness {
    /// The reaction to a submission whose unique key an active job has.
    public enum DuplicateStrategy: UInt8, Hashable, Sendable, Codable, CaseIterable {
        /// Keeps the existing job, and raises its priority to the new one if that is more urgent and the job is not
        /// running. The default.
        case skip = 0
        /// Like ``skip``, but a running job is run once more after it ends.
        case rerun = 1
        /// Cancels the existing job and inserts the new one, in one transaction. A running job is asked to stop.
        case supersede = 2
        /// Keeps the existing job and rejects the new one.
        case reject = 3
    }
}

/// Bytes read and written, on disk and on the network.
public struct IOAmount: Hashable, Sendable, Codable {
    /// The bytes read from disk, at least 0.
    public var diskRead: Int64
    /// The bytes written to disk, at least 0.
    public var diskWritten: Int64
    /// The bytes received from the network, at least 0.
    public var networkReceived: Int64
    /// The bytes sent to the network, at least 0.
    public var networkSent: Int64

    /// Creates an amount; omitted axes are 0.
    @inlinable
    public init(
        diskRead: Int64 = 0, diskWritten: Int64 = 0, networkReceived: Int64 = 0, networkSent: Int64 = 0
    ) {
        self.diskRead = diskRead
        self.diskWritten = diskWritten
        self.networkReceived = networkReceived
        self.networkSent = networkSent
    }

    /// The amount without any bytes.
    public static let zero = IOAmount()

    /// Whether all axes are 0.
    @inlinable
    public var isZero: Bool { self == .zero }
}
