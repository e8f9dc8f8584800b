/// What became of a registration.
public enum ScheduleOutcome: Hashable, Sendable {
    /// The schedule is new.
    case added(ScheduleRecord)
    /// The same schedule stood there, and nothing has changed.
    case kept(ScheduleRecord)
    /// A schedule with other contents stood there, and is replaced.
    case replaced(ScheduleRecord)

    /// The schedule as it stands now.
    public var record: ScheduleRecord {
        switch self {
        case .added(let record), .kept(let record), .replaced(let record): record
        }
    }
}

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
