public import QueueBackoff

/// Settings of a job, each of which may be left open (`nil`) for the next level to decide.
///
/// Every setting resolves over five levels (rule S2): the submission ▸ the job type ▸ its domain ▸ the queue ▸ the built-in
/// default. What is written with a job is resolved when it is submitted, except ``retry`` and ``timeout``: these are
/// looked up when it runs, so that a new release of the program can change them for jobs that wait already; only a
/// submission's own are stored with it.
public struct JobOptions: Sendable {
    /// How urgent; built-in default ``Priority/normal``.
    public var priority: Priority?
    /// When and how often to try again; built-in default `RetryPolicy.default`.
    public var retry: RetryPolicy?
    /// The group that the job shares limits with, 1…512 bytes of UTF-8, no NUL; built-in default: none.
    public var group: String?
    /// How long an attempt may take before it is cancelled, above zero; built-in default: no limit.
    public var timeout: Duration?
    /// How long after its submission the job is worth running, above zero; built-in default: for ever.
    public var timeToLive: Duration?
    /// What to do when the unique key is taken; built-in default ``Uniqueness/DuplicateStrategy/skip``.
    public var onDuplicate: Uniqueness.DuplicateStrategy?
    /// Whether a child's permanent failure cancels its siblings and fails this job; built-in default `true`.
    public var failFast: Bool?
    /// The bytes that the job is expected to move; built-in default: unknown.
    public var expectedIO: IOAmount?
    /// Tags beside those of the other levels; of one key, the tag of the level nearest to the submission counts.
    public var tags: [Tag]

    /// Makes options; what is not named is left open.
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

    /// These options, with what they leave open taken from a more general level.
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

    /// Own tags before general ones; of one key the own.
    package static func merge(_ own: [Tag], over general: [Tag]) -> [Tag] {
        if general.isEmpty { return own }
        if own.isEmpty { return general }
        return own + general.filter { tag in !own.contains { $0.key == tag.key } }
    }
}

/// How urgent a job is: 0…255, lower runs first.
///
/// Among jobs that every gate lets through the lowest number is claimed first, and of one number the job that was submitted
/// first. The order of `Comparable` is the order of running: `.realtime < .normal`.
public struct Priority: RawRepresentable, Hashable, Sendable, Codable {
    /// The number, 0 (most urgent) to 255.
    public let rawValue: UInt8

    /// Makes the priority with a number.
    @inlinable
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// 0: before all else.
    public static let realtime = Priority(rawValue: 0)
    /// 64.
    public static let high = Priority(rawValue: 64)
    /// 128: the default.
    public static let normal = Priority(rawValue: 128)
    /// 192.
    public static let background = Priority(rawValue: 192)
    /// 255: after all else.
    public static let idle = Priority(rawValue: 255)
}

extension Priority: Comparable {
    /// Whether one priority runs before another.
    @inlinable
    public static func < (left: Priority, right: Priority) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Priority: ExpressibleByIntegerLiteral {
    /// Makes the priority with a number, 0…255.
    public init(integerLiteral value: UInt8) {
        self.init(rawValue: value)
    }
}

extension Priority: CustomStringConvertible {
    /// The name of a named priority, else the number.
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

/// Whether, and by what, a job excludes others of its type from being queued beside it.
public enum Uniqueness: Hashable, Sendable {
    /// Any number of equal jobs may be queued. The default.
    case none
    /// Type and payload bytes together are the key. The bytes are kept a second time, in the index that finds them: give
    /// payloads above a few KiB a ``key(_:)`` instead.
    case payload
    /// A text of the caller's, 1…512 bytes of UTF-8, no NUL. Keys of different types never meet.
    case key(String)
}

extension Uniqueness {
    /// The key under which a job excludes others of its type, as a store keeps it.
    ///
    /// It is taken while its job is active and free once the job is terminal. A text and a payload never are the same key, even
    /// if their bytes are.
    public enum Key: Hashable, Sendable, Codable {
        /// The submitter's own text.
        case text(String)
        /// The payload's bytes.
        case payload([UInt8])
    }
}

extension Uniqueness {
    /// What happens when a job is submitted whose unique key an active job has.
    public enum DuplicateStrategy: UInt8, Hashable, Sendable, Codable, CaseIterable {
        /// Keep the old job. If the new priority is more urgent and the old is not running, raise the old to it. The default.
        case skip = 0
        /// As ``skip``, but a running job is run once more after it ends.
        case rerun = 1
        /// Cancel the old job and put the new one in its place, in one transaction. A running one is told to stop.
        case supersede = 2
        /// Keep the old job and report the new one as rejected.
        case reject = 3
    }
}

/// Bytes read and written, on disk and on the network: what a job is expected to move, or did move.
public struct IOAmount: Hashable, Sendable, Codable {
    /// Bytes read from disk, at least 0.
    public var diskRead: Int64
    /// Bytes written to disk, at least 0.
    public var diskWritten: Int64
    /// Bytes received from the network, at least 0.
    public var networkReceived: Int64
    /// Bytes sent to the network, at least 0.
    public var networkSent: Int64

    /// Makes an amount; what is not named is 0.
    @inlinable
    public init(
        diskRead: Int64 = 0, diskWritten: Int64 = 0, networkReceived: Int64 = 0, networkSent: Int64 = 0
    ) {
        self.diskRead = diskRead
        self.diskWritten = diskWritten
        self.networkReceived = networkReceived
        self.networkSent = networkSent
    }

    /// Nothing.
    public static let zero = IOAmount()

    /// Whether nothing was moved.
    @inlinable
    public var isZero: Bool { self == .zero }
}
