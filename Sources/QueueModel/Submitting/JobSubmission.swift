public import QueueBackoff

/// A job as a store takes it: every default resolved, the payload encoded, relative times converted to instants.
///
/// A queue creates submissions from payloads and ``SubmitOptions``. Create one directly to submit bytes of your own,
/// or to write to a store without a queue. ``validate(limits:)`` checks all rules that need no store.
public struct JobSubmission: Sendable, Hashable, Codable {
    /// The stored type name, including the domain.
    public var type: JobType
    /// The payload for the executor.
    public var payload: [UInt8]
    /// The version of the payload's format, one of ``Limits/payloadVersions``.
    public var payloadVersion: Int
    /// The priority.
    public var priority: Priority
    /// The group with which the job shares limits, weights, rates and pauses.
    public var group: String?
    /// The key that excludes other active jobs of the type.
    public var key: Uniqueness.Key?
    /// The reaction to a key that an active job has.
    public var onDuplicate: Uniqueness.DuplicateStrategy
    /// The label for people.
    public var label: String?
    /// The tags.
    public var tags: [Tag]
    /// The earliest start.
    public var runAfter: Timestamp?
    /// The instant after which the job expires if it has not started.
    public var expiresAt: Timestamp?
    /// The jobs that must end first.
    public var dependencies: [Dependency]
    /// The effect of a failed dependency on this job.
    public var dependencyPolicy: Dependency.Policy
    /// The active job that waits for this one's end.
    public var parent: JobID?
    /// Whether a child's permanent failure cancels its siblings and fails this job.
    public var failFast: Bool
    /// The submission's own retry policy, if it has one.
    public var retry: RetryPolicy?
    /// The submission's own time limit for an attempt, if it has one.
    public var timeout: Duration?
    /// The bytes that the job is expected to move.
    public var expectedIO: IOAmount?
    /// The job that this one repeats, if it does.
    public var origin: JobID?
    /// The occurrence of a schedule that the job is submitted for; a store sets it when a schedule fires.
    public var occurrence: ScheduleRecord.Occurrence?

    /// Creates a submission; omitted settings have the built-in defaults.
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
    /// The limits of a submission's parts.
    public struct Limits: Hashable, Sendable {
        /// The maximum number of bytes of a payload, 0…1 GiB; default 1 MiB.
        public var payloadBytes: Int
        /// The versions that a payload's format may have: 0…2 147 483 647.
        public static let payloadVersions = 0...Int(Int32.max)
        /// The maximum number of tags of a job, 64.
        public static let tags = 64
        /// The maximum number of bytes of a tag's key, 128.
        public static let tagKeyBytes = 128
        /// The maximum number of bytes of a tag's value, 512.
        public static let tagValueBytes = 512
        /// The maximum number of bytes of a type, key, group or label, 512.
        public static let textBytes = 512
        /// The maximum number of dependencies of a job, 100 000.
        public static let dependencies = 100_000

        /// The default limits.
        public static let `default` = JobSubmission.Limits()

        /// Creates limits.
        public init(payloadBytes: Int = 1 << 20) {
            self.payloadBytes = payloadBytes
        }
    }
}

/// A job that must end before another starts.
public enum Dependency: Hashable, Sendable, Codable {
    /// A job in the store, in any state.
    case job(JobID)
    /// The submission at an index of the same batch, before or after the one that names it.
    case submission(Int)
}

extension Dependency {
    /// The effect on a job of a dependency that does not complete.
    public enum Policy: UInt8, Hashable, Sendable, Codable, CaseIterable {
        /// The job ends as ``JobState/dependencyFailed``, and the jobs that depend on it follow their own policies.
        /// The default.
        case cancel = 0
        /// The job ends as ``JobState/dependencyFailed``; the jobs that depend on it stay blocked until a person
        /// decides.
        case fail = 1
        /// The dependency counts as met.
        case ignore = 2
    }
}
