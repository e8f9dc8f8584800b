public import QueueBackoff

/// The options of a single submission: settings that override those of its type, domain and queue, and properties
/// that only make sense for one job.
public struct SubmitOptions: Sendable {
    /// Settings that override those of the job type, the domain and the queue.
    public var settings: JobOptions
    /// The unique key; `nil` uses the payload's ``Job/uniqueness``.
    public var uniqueness: Uniqueness?
    /// The label for people; `nil` uses the payload's ``Job/label``.
    public var label: String?
    /// The earliest start; `nil`: immediately.
    public var runAfter: RunAfter?
    /// The jobs that must end before this one starts; at most ``JobSubmission/Limits/dependencies``.
    public var dependencies: [Dependency]
    /// The effect of a failed dependency on this job.
    public var dependencyPolicy: Dependency.Policy
    /// The active job that waits for this one's end.
    public var parent: JobID?
    /// The domain, if the payload's type is registered in several; `nil`: the only one.
    public var domain: String?

    /// The earliest start of a job.
    public enum RunAfter: Hashable, Sendable {
        /// A delay after the submission, at least zero.
        case delay(Duration)
        /// An instant; one in the past means immediately.
        case instant(Timestamp)
    }

    /// Creates options; omitted ones are left to the more general levels.
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
