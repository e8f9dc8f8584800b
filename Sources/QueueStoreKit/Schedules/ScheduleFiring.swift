public import QueueModel

/// An occurrence of a schedule that is to be fired.
public struct ScheduleFiring: Hashable, Sendable, Codable {
    /// The schedule.
    public var schedule: ScheduleID
    /// The next instant that was found stored: of several workers that fire one occurrence, the first moves it on, and the
    /// others no longer find what they expect.
    public var expected: Timestamp
    /// When the occurrence is due: the expected instant, or, where several were missed, the latest of them.
    public var due: Timestamp
    /// When the one after it is due, later than the present; `nil` if there is none.
    public var next: Timestamp?

    /// Makes a firing.
    public init(schedule: ScheduleID, expected: Timestamp, due: Timestamp, next: Timestamp?) {
        self.schedule = schedule
        self.expected = expected
        self.due = due
        self.next = next
    }
}

/// What became of a firing.
public enum FiringOutcome: Hashable, Sendable {
    /// The occurrence was submitted, with this outcome; `hasEnded` says that it was the schedule's last.
    case fired(SubmitOutcome, hasEnded: Bool)
    /// The occurrence was skipped, because the job of the one before has not ended; `hasEnded` says that there is none more.
    case skipped(predecessor: JobID, hasEnded: Bool)
    /// Nothing was done: the schedule is gone, paused, or not at the expected instant, because somebody else fired it, say.
    case notDue
}
