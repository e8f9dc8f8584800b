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

// What happens to a schedule, for stores to agree on.
extension ScheduleRecord {
    /// What becomes of a registration, given the schedule that stands under the name.
    ///
    /// The rhythm is kept as long as the recurrence is the same, so that a program may register its schedules at each start, and
    /// may change what they submit. Where the recurrence changes, it begins anew. Who paused a schedule did not mean its
    /// contents, and what still runs of the old one is still the predecessor.
    package static func registering(
        _ job: RecurringJob, as id: ScheduleID, over old: ScheduleRecord?, first: Timestamp, at now: Timestamp
    ) -> ScheduleOutcome {
        guard var record = old else {
            return .added(ScheduleRecord(id: id, job: job, next: first, registeredAt: now))
        }
        if record.job == job { return .kept(record) }
        if record.job.recurrence != job.recurrence {
            record.next = first
            record.occurrences = 0
            record.skipped = 0
            record.registeredAt = now
        }
        record.job = job
        return .replaced(record)
    }

    /// Whether a firing is of the occurrence that stands next, and due.
    package func allows(_ firing: ScheduleFiring, at now: Timestamp) -> Bool {
        !isPaused && next == firing.expected && firing.expected <= now
    }

    /// What an occurrence submits.
    package func submission(for firing: ScheduleFiring, at now: Timestamp) -> JobSubmission {
        var submission = job.submission
        submission.expiresAt = job.timeToLive.map { now.advanced(by: $0) }
        submission.occurrence = ScheduleRecord.Occurrence(schedule: id, due: firing.due)
        return submission
    }

    /// Notes that an occurrence was submitted, and which job stands for it.
    package mutating func fired(_ firing: ScheduleFiring, _ job: JobID) {
        occurrences += 1
        lastJob = job
        lastDue = firing.due
        next = self.job.recurrence.allowsOccurrence(after: occurrences) ? firing.next : nil
    }

    /// Notes that an occurrence was skipped.
    package mutating func skipped(_ firing: ScheduleFiring) {
        skipped += 1
        next = firing.next
    }
}
