/// All that a store knows of a schedule, at the instant it was read.
public struct ScheduleRecord: Hashable, Sendable, Codable {
    /// Its name.
    public var id: ScheduleID
    /// What it submits, and when.
    public var job: RecurringJob
    /// When the next occurrence is due that has not been fired; `nil` if there is none more, and the schedule has ended.
    ///
    /// It may have passed: while no worker ran that knows the type, or the schedule is paused.
    public var next: Timestamp?
    /// How many occurrences have been submitted since ``registeredAt``.
    public var occurrences: Int = 0
    /// How many were skipped since then, because the one before had not ended.
    public var skipped: Int = 0
    /// The job that stands for the last occurrence that was submitted; it may have been deleted since.
    public var lastJob: JobID?
    /// When that occurrence was due.
    public var lastDue: Timestamp?
    /// Since when it is paused; `nil` if it is not.
    public var pausedAt: Timestamp?
    /// When it was registered under its present recurrence, from which the initial delay counts.
    public var registeredAt: Timestamp

    /// Makes a record; what is not named has the value of a new schedule.
    public init(id: ScheduleID, job: RecurringJob, next: Timestamp?, registeredAt: Timestamp) {
        self.id = id
        self.job = job
        self.next = next
        self.registeredAt = registeredAt
    }

    /// Whether nothing of it is fired until it is resumed.
    public var isPaused: Bool { pausedAt != nil }
    /// Whether there are no occurrences more: the maximum was reached, or the calendar has none.
    public var hasEnded: Bool { next == nil }
}
