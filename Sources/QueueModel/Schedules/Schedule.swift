/// What a schedule submits, and when: a submission to be made again and again (rule D13).
///
/// A queue makes these from payloads and ``SubmitOptions``. Each occurrence is a job of its own, with everything that the
/// submission says; what a single job alone can have is refused by ``validate(limits:)``.
public struct RecurringJob: Hashable, Sendable, Codable {
    /// What each occurrence submits.
    public var submission: JobSubmission
    /// When the occurrences are due, and how many there are.
    public var recurrence: Recurrence
    /// How long after its submission an occurrence is worth running, above zero, in whole milliseconds; `nil`: for ever.
    public var timeToLive: Duration?

    /// Makes a recurring job.
    ///
    /// What no store keeps is dropped, so that the same job is found to be the same when it is registered again: parts of the time to live
    /// finer than milliseconds, of the submission's timeout finer than nanoseconds, and a policy for dependencies that it can't have.
    public init(_ submission: JobSubmission, _ recurrence: Recurrence, timeToLive: Duration? = nil) {
        self.submission = submission
        self.submission.dependencyPolicy = .cancel
        self.submission.timeout = submission.timeout.map { timeout in
            let (seconds, attoseconds) = timeout.components
            return .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
        }
        self.recurrence = recurrence
        self.timeToLive = timeToLive.map { .milliseconds($0.wholeMilliseconds) }
    }

    /// Throws what is wrong with it by itself: the rules of a submission (S7), those of a recurrence, and what does not go
    /// together with coming again.
    ///
    /// An earliest start and an expiry are instants, which an occurrence has of its own; dependencies and a parent end, and the
    /// schedule goes on.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for such a part, ``QueueError/Code/invalidSchedule`` for the recurrence, and what
    ///   ``JobSubmission/validate(limits:)`` throws.
    public func validate(limits: JobSubmission.Limits = .default) throws(QueueError) {
        try submission.validate(limits: limits)
        try recurrence.validate()
        let excess: String? =
            if submission.runAfter != nil {
                "an earliest start; say when it begins with the recurrence's initial delay"
            } else if submission.expiresAt != nil {
                "an instant at which it expires; give it a time to live"
            } else if !submission.dependencies.isEmpty {
                "dependencies, which end before it does"
            } else if submission.parent != nil {
                "a parent, which ends before it does"
            } else if submission.origin != nil || submission.occurrence != nil {
                "a job that it repeats"
            } else {
                nil
            }
        if let excess { throw QueueError(.invalidOption, "a recurring job can't have \(excess)") }
        if let timeToLive, timeToLive <= .zero {
            throw QueueError(.invalidOption, "the time to live is \(timeToLive), it must be above zero")
        }
    }
}

/// The name of a schedule in its store: given by whoever registers it, 1…512 bytes of UTF-8, no NUL.
///
/// It stands in the store for as long as the schedule does, so that registering the same schedule at each start of a program
/// finds the one that is there. Names are told apart by their bytes.
public struct ScheduleID: RawRepresentable, Hashable, Sendable, Codable {
    /// The name.
    public let rawValue: String

    /// Makes the id with a name.
    ///
    /// What is wrong with a name is found by whoever registers a schedule under it.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes the id with a name.
    public init(_ name: String) {
        self.rawValue = name
    }

    /// Whether two names are the same, byte for byte.
    public static func == (left: ScheduleID, right: ScheduleID) -> Bool {
        left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    /// Hashes the bytes of the name.
    public func hash(into hasher: inout Hasher) {
        for byte in rawValue.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8.max)
    }
}

extension ScheduleID: Comparable {
    /// Whether the bytes of one name come before those of another.
    public static func < (left: ScheduleID, right: ScheduleID) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

extension ScheduleID: ExpressibleByStringLiteral {
    /// Makes the id with a name.
    public init(stringLiteral name: String) {
        self.init(rawValue: name)
    }
}

extension ScheduleID: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}

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

extension ScheduleRecord {
    /// Which occurrence of which schedule a job is.
    public struct Occurrence: Hashable, Sendable, Codable {
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
}

extension ScheduleRecord {
    /// What was taken away with a schedule.
    public struct Removal: Hashable, Sendable {
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
}
