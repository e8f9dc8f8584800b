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
    /// What to do when the unique key is taken; built-in default ``DuplicateStrategy/skip``.
    public var onDuplicate: DuplicateStrategy?
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
        onDuplicate: DuplicateStrategy? = nil,
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
