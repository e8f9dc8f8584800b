public import QueueBackoff

/// All that a store knows of a job, at the instant it was read.
///
/// Active and ended jobs have the same record.
public struct JobRecord: Sendable, Hashable {
    /// The job's number.
    public var id: JobID
    /// The stored type name, with its domain.
    public var type: JobType
    /// Where it is in its life.
    public var state: JobState
    /// What the next or present attempt runs.
    public var phase: JobPhase = .execute
    /// How urgent.
    public var priority: Priority
    /// The priority that waiting had brought it to when it was claimed, where that is another than its own (rule D5).
    ///
    /// Said by the claim alone; it is not stored.
    public var claimedAs: Priority?
    /// The group that it shares limits in.
    public var group: String?
    /// The unique key.
    public var key: UniqueKey?
    /// A text for people.
    public var label: String?
    /// Marks to find it by, in the order of submission.
    public var tags: [Tag] = []
    /// The bytes for the executor.
    public var payload: [UInt8]
    /// The version of the payload's form.
    public var payloadVersion: Int = 0

    /// How often it was claimed or, without going back to the queue, tried again; the fencing token of its lease.
    public var attempt: Int = 0
    /// How many failed attempts counted against its retry policy.
    public var retries: Int = 0
    /// The delay that its last retry from the queue had: what a back-off that builds on it needs.
    public var retryDelay: Duration?
    /// In how many crashes of a worker it was running.
    public var crashes: Int = 0

    /// When it was submitted.
    public var submittedAt: Timestamp
    /// Its earliest start; after a failed attempt that of the next.
    public var runAfter: Timestamp?
    /// From when it is no longer worth starting.
    public var expiresAt: Timestamp?
    /// When the present or last attempt began.
    public var startedAt: Timestamp?
    /// When it ended for good.
    public var finishedAt: Timestamp?
    /// When somebody asked it to stop while it ran.
    public var cancelRequestedAt: Timestamp?

    /// The worker of the present or last attempt.
    public var worker: WorkerID?
    /// The job that waits for it.
    public var parent: JobID?
    /// The job that it repeats: a resubmitted dead letter, say, or one that was to run once more.
    public var origin: JobID?
    /// The occurrence of a schedule that it is, or that the job was which it repeats.
    public var occurrence: ScheduledOccurrence?
    /// Whether a child's permanent failure cancels its siblings and fails this job.
    public var failFast: Bool = true
    /// The submission's own retry policy.
    public var retry: RetryPolicy?
    /// The submission's own time limit for an attempt.
    public var timeout: Duration?
    /// The bytes that it was expected to move.
    public var expectedIO: IOAmount?
    /// The bytes that its last attempt reported.
    public var io: IOAmount?
    /// What went wrong last.
    public var failure: JobFailure?
    /// What `execute` (and, if there is one, `finalize`) returned, encoded.
    public var output: [UInt8]?
    /// What an attempt saved for the next.
    public var checkpoint: [UInt8]?

    /// Makes a record; what is not named has the value of a new job.
    public init(
        id: JobID, type: JobType, state: JobState = .pending, priority: Priority = .normal, payload: [UInt8] = [],
        submittedAt: Timestamp
    ) {
        self.id = id
        self.type = type
        self.state = state
        self.priority = priority
        self.payload = payload
        self.submittedAt = submittedAt
    }
}
