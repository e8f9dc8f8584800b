public import QueueModel

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
