public import QueueModel

/// The schedules that are due at an instant, and when more will be.
///
/// Entries have no payloads, so that reading thousands of them is cheap.
public struct ScheduleAgenda: Hashable, Sendable {
    /// The schedules whose next instant has come, the earliest first, then by the bytes of their names.
    public var due: [Entry]
    /// The instant at which the next one becomes due after that; `nil` if none will.
    public var next: Timestamp?
    /// The types that were not asked for and have due schedules that nobody has fired.
    public var others: Set<JobType>

    /// A due schedule.
    public struct Entry: Hashable, Sendable {
        /// Its name.
        public var id: ScheduleID
        /// The type of its jobs.
        public var type: JobType
        /// Its recurrence.
        public var recurrence: Recurrence
        /// The instant of the earliest occurrence that has not been fired.
        public var due: Timestamp

        /// Creates an entry.
        public init(id: ScheduleID, type: JobType, recurrence: Recurrence, due: Timestamp) {
            self.id = id
            self.type = type
            self.recurrence = recurrence
            self.due = due
        }
    }

    /// Creates an agenda.
    public init(due: [Entry] = [], next: Timestamp? = nil, others: Set<JobType> = []) {
        self.due = due
        self.next = next
        self.others = others
    }
}

/// An occurrence of a schedule to fire.
public struct ScheduleFiring: Hashable, Sendable, Codable {
    /// The schedule.
    public var schedule: ScheduleID
    /// The stored next instant.
    ///
    /// If several workers fire one occurrence, the first advances it, and the others no longer find what they expect.
    public var expected: Timestamp
    /// The instant of the occurrence: the expected one or, if several were missed, the latest of them.
    public var due: Timestamp
    /// The instant of the following occurrence, in the future; `nil` if there is none.
    public var next: Timestamp?

    /// Creates a firing.
    public init(schedule: ScheduleID, expected: Timestamp, due: Timestamp, next: Timestamp?) {
        self.schedule = schedule
        self.expected = expected
        self.due = due
        self.next = next
    }
}

/// The outcome of a firing.
public enum FiringOutcome: Hashable, Sendable {
    /// The occurrence was submitted, with this outcome; `hasEnded` tells whether it was the schedule's last.
    case fired(SubmitOutcome, hasEnded: Bool)
    /// The occurrence was skipped, because the job of the previous one has not ended; `hasEnded` tells whether there
    /// are no more.
    case skipped(predecessor: JobID, hasEnded: Bool)
    /// Nothing was done: the schedule is gone, paused, or not at the expected instant, for example because another
    /// worker fired it.
    case notDue
}

/// The outcome of a registration.
public enum ScheduleOutcome: Hashable, Sendable {
    /// The schedule is new.
    case added(ScheduleRecord)
    /// An equal schedule existed, and nothing changed.
    case kept(ScheduleRecord)
    /// A schedule with other contents existed, and was replaced.
    case replaced(ScheduleRecord)

    /// The schedule as it is now.
    public var record: ScheduleRecord {
        switch self {
        case .added(let record), .kept(let record), .replaced(let record): record
        }
    }
}

// The rules of schedules, which all stores share.
extension ScheduleRecord {
    /// Returns the outcome of a registration, given the schedule that the name has.
    ///
    /// The rhythm is kept while the recurrence stays the same, so that a program may register its schedules at each
    /// start and change what they submit. A changed recurrence starts over. A paused schedule stays paused, and a job
    /// of the old contents that still runs remains the predecessor.
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

    /// Returns whether a firing is of the next occurrence, and due.
    package func allows(_ firing: ScheduleFiring, at now: Timestamp) -> Bool {
        !isPaused && next == firing.expected && firing.expected <= now
    }

    /// Returns the submission of an occurrence.
    package func submission(for firing: ScheduleFiring, at now: Timestamp) -> JobSubmission {
        var submission = job.submission
        submission.expiresAt = job.timeToLive.map { now.advanced(by: $0) }
        submission.occurrence = ScheduleRecord.Occurrence(schedule: id, due: firing.due)
        return submission
    }

    /// Records that an occurrence was submitted, and its job.
    package mutating func fired(_ firing: ScheduleFiring, _ job: JobID) {
        occurrences += 1
        lastJob = job
        lastDue = firing.due
        next = self.job.recurrence.allowsOccurrence(after: occurrences) ? firing.next : nil
    }

    /// Records that an occurrence was skipped.
    package mutating func skipped(_ firing: ScheduleFiring) {
        skipped += 1
        next = firing.next
    }
}
