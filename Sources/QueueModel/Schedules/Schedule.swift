/// A job that a schedule submits repeatedly, with its recurrence.
///
/// A queue creates these from payloads and ``SubmitOptions``. Each occurrence is a job of its own with all settings
/// of the submission. ``validate(limits:)`` rejects settings that only make sense for a single job.
public struct RecurringJob: Hashable, Sendable, Codable {
    /// The submission of each occurrence.
    public var submission: JobSubmission
    /// The recurrence.
    public var recurrence: Recurrence
    /// The time after its submission within which an occurrence must start, greater than zero, in whole milliseconds;
    /// `nil`: no limit.
    public var timeToLive: Duration?

    /// Creates a recurring job.
    ///
    /// Values that no store keeps are dropped, so that registering the same job again finds it unchanged: fractions
    /// of milliseconds of the time to live, fractions of nanoseconds of the submission's timeout, and a policy for
    /// dependencies, which it can't have.
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

    /// Checks the submission, the recurrence, and that they fit together.
    ///
    /// An earliest start and an expiry are instants, which each occurrence has of its own. Dependencies and a parent
    /// end while the schedule continues.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for such a part, ``QueueError/Code/invalidSchedule`` for the
    ///   recurrence, and the errors of ``JobSubmission/validate(limits:)``.
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

/// The name of a schedule in its store, chosen by the caller; 1…512 bytes of UTF-8 without NUL.
///
/// It is stored as long as the schedule is, so that a program that registers the same schedule at each start finds
/// the existing one. Names are compared byte by byte.
public struct ScheduleID: RawRepresentable, Hashable, Sendable, Codable {
    /// The name.
    public let rawValue: String

    /// Creates the id with a name.
    ///
    /// The name is validated when a schedule is registered under it.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates the id with a name.
    public init(_ name: String) {
        self.rawValue = name
    }

    /// Returns whether two names are equal, byte by byte.
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
    /// Returns whether the bytes of one name sort before those of another.
    public static func < (left: ScheduleID, right: ScheduleID) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

extension ScheduleID: ExpressibleByStringLiteral {
    /// Creates the id with a name.
    public init(stringLiteral name: String) {
        self.init(rawValue: name)
    }
}

extension ScheduleID: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}

/// A schedule as it is stored, at the instant it was read.
public struct ScheduleRecord: Hashable, Sendable, Codable {
    /// The name.
    public var id: ScheduleID
    /// The job that it submits, with the recurrence.
    public var job: RecurringJob
    /// The instant of the next occurrence that has not been fired; `nil` if there is none left, and the schedule has
    /// ended.
    ///
    /// The instant may be in the past if no worker that knows the type was running, or if the schedule is paused.
    public var next: Timestamp?
    /// The number of occurrences submitted since ``registeredAt``.
    public var occurrences: Int = 0
    /// The number of occurrences skipped since then, because the previous one had not ended.
    public var skipped: Int = 0
    /// The job of the last occurrence that was submitted; it may have been deleted since.
    public var lastJob: JobID?
    /// The instant at which that occurrence was due.
    public var lastDue: Timestamp?
    /// The instant at which it was paused; `nil` if it is not paused.
    public var pausedAt: Timestamp?
    /// The instant at which it was registered with its current recurrence; the initial delay counts from here.
    public var registeredAt: Timestamp

    /// Creates the record of a new schedule.
    public init(id: ScheduleID, job: RecurringJob, next: Timestamp?, registeredAt: Timestamp) {
        self.id = id
        self.job = job
        self.next = next
        self.registeredAt = registeredAt
    }

    /// Whether it is paused: nothing is fired until it is resumed.
    public var isPaused: Bool { pausedAt != nil }
    /// Whether it has ended: the maximum was reached, or the calendar has no further occurrence.
    public var hasEnded: Bool { next == nil }
}

extension ScheduleRecord {
    /// The schedule's occurrence that a job was submitted for.
    public struct Occurrence: Hashable, Sendable, Codable {
        /// The schedule, which may have been removed or replaced since.
        public var schedule: ScheduleID
        /// The instant at which the occurrence was due; of several missed ones, the latest.
        ///
        /// The job itself may have been submitted later, when a worker was running.
        public var due: Timestamp

        /// Creates an occurrence.
        public init(schedule: ScheduleID, due: Timestamp) {
            self.schedule = schedule
            self.due = due
        }
    }
}

extension ScheduleRecord {
    /// The outcome of removing a schedule.
    public struct Removal: Hashable, Sendable {
        /// The schedule as it was before.
        public var schedule: ScheduleRecord
        /// The outcome of cancelling its last job; `nil` if that was not requested, or there was no job.
        public var job: CancelOutcome?

        /// Creates a removal.
        public init(schedule: ScheduleRecord, job: CancelOutcome? = nil) {
            self.schedule = schedule
            self.job = job
        }
    }
}
