public import QueueModel

/// What is due of a store's schedules at an instant, and what is to come.
///
/// Entries have no payloads, so that a thousand of them are read at no great cost.
public struct ScheduleAgenda: Hashable, Sendable {
    /// Schedules whose next instant has come, the earliest first, then by the bytes of their names.
    public var due: [Entry]
    /// When the next becomes due after that; `nil` if none will.
    public var next: Timestamp?
    /// Types that were not asked for, and of which schedules are due that nobody has fired.
    public var others: Set<JobType>

    /// A schedule that is due.
    public struct Entry: Hashable, Sendable {
        /// Its name.
        public var id: ScheduleID
        /// The type of its jobs.
        public var type: JobType
        /// When its occurrences are due.
        public var recurrence: Recurrence
        /// When the earliest occurrence was due that has not been fired.
        public var due: Timestamp

        /// Makes an entry.
        public init(id: ScheduleID, type: JobType, recurrence: Recurrence, due: Timestamp) {
            self.id = id
            self.type = type
            self.recurrence = recurrence
            self.due = due
        }
    }

    /// Makes an agenda.
    public init(due: [Entry] = [], next: Timestamp? = nil, others: Set<JobType> = []) {
        self.due = due
        self.next = next
        self.others = others
    }
}
