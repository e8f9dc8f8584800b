/// Which occurrence of which schedule a job is.
public struct ScheduledOccurrence: Hashable, Sendable, Codable {
    /// The schedule, which may be gone or mean something else by now.
    public var schedule: ScheduleID
    /// When the occurrence was due; where several were missed, the latest of them.
    ///
    /// The job itself may have been submitted later, when a worker came.
    public var due: Timestamp

    /// Makes the mark of an occurrence.
    public init(schedule: ScheduleID, due: Timestamp) {
        self.schedule = schedule
        self.due = due
    }
}
