/// What was taken away with a schedule.
public struct ScheduleRemoval: Hashable, Sendable {
    /// The schedule as it last was.
    public var schedule: ScheduleRecord
    /// What the request to cancel its last job did; `nil` if that was not asked for, or there had been none.
    public var job: CancelOutcome?

    /// Makes a removal.
    public init(schedule: ScheduleRecord, job: CancelOutcome? = nil) {
        self.schedule = schedule
        self.job = job
    }
}
