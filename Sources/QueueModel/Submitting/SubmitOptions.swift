public import QueueBackoff

/// What a single submission says beyond its payload: settings that override those of its type, domain and queue, and what
/// only makes sense for one job.
public struct SubmitOptions: Sendable {
    /// Settings that come before those of the job type, the domain and the queue.
    public var settings: JobOptions
    /// The unique key; `nil` leaves it to the payload's ``Job/uniqueness``.
    public var uniqueness: Uniqueness?
    /// A text for people; `nil` leaves it to the payload's ``Job/label``.
    public var label: String?
    /// The earliest start; `nil`: at once.
    public var runAfter: RunAfter?
    /// Jobs that have to end before this one starts; at most ``JobSubmission/Limits/dependencies``.
    public var dependencies: [Dependency]
    /// What a dependency that fails does to this job.
    public var dependencyPolicy: Dependency.Policy
    /// The active job that waits for this one's end.
    public var parent: JobID?
    /// The domain, where the payload's type is registered in several; `nil`: the only one.
    public var domain: String?

    /// The earliest start of a job.
    public enum RunAfter: Hashable, Sendable {
        /// So long after the submission; at least zero.
        case delay(Duration)
        /// An instant. One that has passed means at once.
        case instant(Timestamp)
    }

    /// Makes options; what is not named is left to the more general levels.
    public init(
        priority: Priority? = nil,
        retry: RetryPolicy? = nil,
        group: String? = nil,
        timeout: Duration? = nil,
        timeToLive: Duration? = nil,
        onDuplicate: Uniqueness.DuplicateStrategy? = nil,
        failFast: Bool? = nil,
        expectedIO: IOAmount? = nil,
        tags: [Tag] = [],
        uniqueness: Uniqueness? = nil,
        label: String? = nil,
        runAfter: RunAfter? = nil,
        dependencies: [Dependency] = [],
        dependencyPolicy: Dependency.Policy = .cancel,
        parent: JobID? = nil,
        domain: String? = nil
    ) {
        self.settings = JobOptions(
            priority: priority, retry: retry, group: group, timeout: timeout, timeToLive: timeToLive,
            onDuplicate: onDuplicate, failFast: failFast, expectedIO: expectedIO, tags: tags)
        self.uniqueness = uniqueness
        self.label = label
        self.runAfter = runAfter
        self.dependencies = dependencies
        self.dependencyPolicy = dependencyPolicy
        self.parent = parent
        self.domain = domain
    }
}
