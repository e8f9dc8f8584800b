public import QueueModel

/// The whole of a queue at a glance: what a page, a tool or a log line shows of it (rule Q2).
///
/// What comes from the store is of one instant, read at once: counts, the oldest pending job, rates, holds, schedules and workers. What
/// this queue knows itself (its limits, what runs here, pressure) was looked at right after, so a job that ended in between may be
/// running in one part and not in the other. A value without references: it can be encoded, sent and compared.
public struct QueueSnapshot: Hashable, Sendable, Codable {
    /// When it was taken, by the queue's wall clock.
    public var takenAt: Timestamp
    /// Whether the queue runs.
    public var phase: Phase
    /// The queue's worker; `nil` while it has no lease.
    public var worker: WorkerID?
    /// How many jobs the queue runs at once at most.
    public var concurrency: Int
    /// The jobs that run here, the first submitted first, each with its progress.
    public var running: [RunningStatus]
    /// The number of jobs in each state, in the whole store, ended ones that are still kept included.
    public var counts: StateCounts
    /// The first submitted of the pending jobs whose earliest start has come; `nil`: there is none.
    public var oldestPending: StoreSnapshot.OldestPending?
    /// The jobs of the store that have not ended, by stored type; types that this queue has no executor for, too.
    public var types: [JobType: ActiveCounts]
    /// The domains that are registered with the queue, in this order; that of executors without a domain has no name.
    public var domains: [DomainStatus]
    /// The groups that have active jobs, or a rule or a share of their own, by name; before them, if there are any, the jobs without one.
    public var groups: [GroupStatus]
    /// The rates of job types; those of groups stand in ``groups``.
    public var typeRates: [RateStatus]
    /// Ends of attempts that wait to be stored.
    public var uncommitted: Int
    /// Whether they are so many that nothing is claimed for now (rule C7).
    public var isHoldingBack: Bool
    /// What each pressure source tells, in the order in which they were configured; the highest value counts.
    public var pressure: [PressureReading]
    /// The least urgent priority that may start under that pressure.
    public var leastPriority: Priority
    /// What the queue has done since it was made.
    public var counters: JobQueue.Counters
    /// The holds in force, in the order in which they were laid.
    public var pauses: [Pause]
    /// All schedules of the store, paused and ended ones too, by name.
    public var schedules: [ScheduleRecord]
    /// All workers of the store, by their ids.
    public var workers: [WorkerStatus]

    /// Whether a queue runs.
    public enum Phase: String, Hashable, Sendable, Codable {
        /// It does not run.
        case idle
        /// It claims jobs and runs them.
        case running
        /// It claims nothing more, and returns when what runs has ended.
        case stopping
    }

    /// How long ago ``oldestPending`` was submitted, the time for which it was not due included; `nil`: nothing is pending and due.
    ///
    /// Never negative, even if the clock was set back.
    public var oldestPendingAge: Duration? {
        oldestPending.map { max(.zero, takenAt.since($0.submittedAt)) }
    }
}
