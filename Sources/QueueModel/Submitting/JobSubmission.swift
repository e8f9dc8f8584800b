public import QueueBackoff

/// A job as a store takes it: every default resolved, the payload encoded, relative times made absolute.
///
/// A queue makes these from payloads and ``SubmitOptions``. Whoever submits bytes of their own, or writes to a store without
/// a queue, makes them directly. ``validate(limits:)`` is the one place that says what is allowed.
public struct JobSubmission: Sendable, Hashable, Codable {
    /// The stored type name, with its domain.
    public var type: JobType
    /// The bytes for the executor.
    public var payload: [UInt8]
    /// The version of the payload's form, one of ``JobSubmission/Limits/payloadVersions``.
    public var payloadVersion: Int
    /// How urgent.
    public var priority: Priority
    /// The group that limits, weights, rates and pauses are shared in.
    public var group: String?
    /// The key that excludes other active jobs of the type.
    public var key: Uniqueness.Key?
    /// What happens if the key is taken.
    public var onDuplicate: Uniqueness.DuplicateStrategy
    /// A text for people.
    public var label: String?
    /// Marks to find the job by.
    public var tags: [Tag]
    /// The earliest start.
    public var runAfter: Timestamp?
    /// The instant from which the job is no longer worth starting.
    public var expiresAt: Timestamp?
    /// Jobs that have to end first.
    public var dependencies: [Dependency]
    /// What a dependency that fails does to this job.
    public var dependencyPolicy: Dependency.Policy
    /// The active job that waits for this one's end.
    public var parent: JobID?
    /// Whether a child's permanent failure cancels its siblings and fails this job.
    public var failFast: Bool
    /// The submission's own retry policy, where it has one.
    public var retry: RetryPolicy?
    /// The submission's own time limit for an attempt, where it has one.
    public var timeout: Duration?
    /// The bytes that the job is expected to move.
    public var expectedIO: IOAmount?
    /// The job that this one repeats, where it does.
    public var origin: JobID?
    /// The occurrence of a schedule that it is, where it is one; a store sets it when a schedule fires.
    public var occurrence: ScheduleRecord.Occurrence?

    /// Makes a submission with the built-in defaults.
    public init(
        type: JobType,
        payload: [UInt8] = [],
        payloadVersion: Int = 0,
        priority: Priority = .normal,
        group: String? = nil,
        key: Uniqueness.Key? = nil,
        onDuplicate: Uniqueness.DuplicateStrategy = .skip,
        label: String? = nil,
        tags: [Tag] = [],
        runAfter: Timestamp? = nil,
        expiresAt: Timestamp? = nil,
        dependencies: [Dependency] = [],
        dependencyPolicy: Dependency.Policy = .cancel,
        parent: JobID? = nil,
        failFast: Bool = true,
        retry: RetryPolicy? = nil,
        timeout: Duration? = nil,
        expectedIO: IOAmount? = nil,
        origin: JobID? = nil,
        occurrence: ScheduleRecord.Occurrence? = nil
    ) {
        self.type = type
        self.payload = payload
        self.payloadVersion = payloadVersion
        self.priority = priority
        self.group = group
        self.key = key
        self.onDuplicate = onDuplicate
        self.label = label
        self.tags = tags
        self.runAfter = runAfter
        self.expiresAt = expiresAt
        self.dependencies = dependencies
        self.dependencyPolicy = dependencyPolicy
        self.parent = parent
        self.failFast = failFast
        self.retry = retry
        self.timeout = timeout
        self.expectedIO = expectedIO
        self.origin = origin
        self.occurrence = occurrence
    }
}

extension JobSubmission {
    /// How large the parts of a submission may be (rule S7).
    public struct Limits: Hashable, Sendable {
        /// Bytes of a payload: 0…1 GiB, default 1 MiB.
        public var payloadBytes: Int
        /// Versions of a payload's form: 0…2 147 483 647.
        public static let payloadVersions = 0...Int(Int32.max)
        /// Tags of a job: 64.
        public static let tags = 64
        /// Bytes of a tag's key: 128.
        public static let tagKeyBytes = 128
        /// Bytes of a tag's value: 512.
        public static let tagValueBytes = 512
        /// Bytes of a type, key, group or label: 512.
        public static let textBytes = 512
        /// Dependencies of a job: 100 000.
        public static let dependencies = 100_000

        /// The limits that hold where nothing else is said.
        public static let `default` = JobSubmission.Limits()

        /// Makes limits.
        public init(payloadBytes: Int = 1 << 20) {
            self.payloadBytes = payloadBytes
        }
    }
}

/// A job that has to end before another starts.
public enum Dependency: Hashable, Sendable, Codable {
    /// A job in the store, in whatever state.
    case job(JobID)
    /// The submission at a place (from 0) in the same batch, before or after the one that names it.
    case submission(Int)
}

extension Dependency {
    /// What becomes of a job when one of its dependencies ends otherwise than completed.
    public enum Policy: UInt8, Hashable, Sendable, Codable, CaseIterable {
        /// It ends as ``JobState/dependencyFailed``, and so do those that depend on it, as their policy says. The default.
        case cancel = 0
        /// It ends as ``JobState/dependencyFailed``; those that depend on it stay blocked for a person to settle.
        case fail = 1
        /// The dependency counts as met.
        case ignore = 2
    }
}
