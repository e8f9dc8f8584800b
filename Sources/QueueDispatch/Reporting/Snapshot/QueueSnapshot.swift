public import QueueModel

/// The state of a whole queue at one instant, for dashboards, tools and logs.
///
/// The store's part is read at once and describes one instant: counts, the oldest pending job, rates, pauses, schedules
/// and workers. The queue's own part (its limits, its running jobs, pressure) is read right after, so a job that ends
/// in between may be running in one part and not in the other. The value can be encoded, sent and compared.
public struct QueueSnapshot: Hashable, Sendable, Codable {
    /// When it was taken, by the queue's wall clock.
    public var takenAt: Timestamp
    /// Whether the queue runs or is stopping.
    public var phase: Phase
    /// The queue's worker; `nil` while it has no lease.
    public var worker: WorkerID?
    /// The maximum number of jobs that the queue runs at once.
    public var concurrency: Int
    /// The jobs that run here, the first submitted first, each with its progress.
    public var running: [RunningStatus]
    /// The number of the whole store's jobs in each state, including ended ones that are still kept.
    public var counts: StateCounts
    /// The first submitted of the pending jobs that are due; `nil` if there is none.
    public var oldestPending: StoreSnapshot.OldestPending?
    /// The number of the store's jobs that have not ended, by stored type, including types that this queue has no
    /// executor for.
    public var types: [JobType: StoreSnapshot.ActiveCounts]
    /// The domains that are registered with the queue, in order; the domain of executors without one has no name.
    public var domains: [DomainStatus]
    /// The groups that have active jobs, a rule or a share of their own, by name; jobs without a group, if any, come
    /// first.
    public var groups: [GroupStatus]
    /// The rate limits of job types; ``groups`` has those of groups.
    public var typeRates: [StoreSnapshot.RateStatus]
    /// The number of ends of attempts that wait to be stored.
    public var uncommitted: Int
    /// Whether these are so many that nothing is claimed for now.
    public var isHoldingBack: Bool
    /// The reading of each pressure source, in the order of the configuration; the highest value counts.
    public var pressure: [PressureReading]
    /// The least urgent priority that may start at that pressure.
    public var leastPriority: Priority
    /// The totals of what the queue has done since it was created.
    public var counters: JobQueue.Counters
    /// The pauses in force, the oldest first.
    public var pauses: [Pause]
    /// All schedules of the store by name, including paused and ended ones.
    public var schedules: [ScheduleRecord]
    /// All workers of the store, by their ids.
    public var workers: [StoreSnapshot.WorkerStatus]

    /// Whether a queue runs or is stopping.
    public enum Phase: String, Hashable, Sendable, Codable {
        /// The queue does not run.
        case idle
        /// The queue claims and runs jobs.
        case running
        /// The queue claims no more jobs, and ends when its running jobs have ended.
        case stopping
    }

    /// The time since ``oldestPending`` was submitted, including the time before it was due; `nil` if no job is pending
    /// and due.
    ///
    /// Never negative, even if the clock was set back.
    public var oldestPendingAge: Duration? {
        oldestPending.map { max(.zero, takenAt.since($0.submittedAt)) }
    }
}
