/// An event of a job or of the queue, delivered after the change it describes has been committed.
public struct JobEvent: Sendable, Hashable {
    /// The kind of event, with its details.
    public var kind: Kind
    /// The job; `nil` for events of the queue itself, and of several jobs at once (``Kind/edited(_:count:)``).
    public var id: JobID?
    /// The job's stored type.
    public var type: JobType?
    /// The instant of the event.
    public var at: Timestamp
    /// The time from submission to expiry of a job that expired; `nil` for all other events.
    public var age: Duration?

    /// Creates an event.
    public init(_ kind: Kind, id: JobID? = nil, type: JobType? = nil, at: Timestamp, age: Duration? = nil) {
        self.age = age
        self.kind = kind
        self.id = id
        self.type = type
        self.at = at
    }

    /// A kind of event.
    public enum Kind: Sendable, Hashable {
        /// A submission had this outcome.
        case submitted(SubmitOutcome)
        /// An attempt began.
        case started(attempt: Int)
        /// An attempt made progress; reported at most once per interval.
        indirect case progressed(JobProgress)
        /// An attempt failed, and the next starts at the instant or later.
        case retrying(at: Timestamp, JobFailure)
        /// An attempt asked to be run again at the instant or later.
        case snoozed(until: Timestamp)
        /// An attempt was interrupted, and the job went back to the queue.
        case released
        /// The job was preempted by a more urgent one, and runs again when no such job is left.
        case preempted
        /// The job has executed and waits for its children.
        case waiting
        /// The job may run now: its dependencies are met, or its children have ended.
        case unblocked
        /// The job was recovered from a dead worker.
        case recovered
        /// A number of jobs were given another priority or another group.
        ///
        /// Operations on many jobs are reported once per step (256 jobs at most) and job type, with the number; the
        /// event names the job if there is only one. Subscribers to a single job are informed of that job alone. A
        /// submission that raised a job is reported as ``submitted(_:)``.
        case edited(JobEvent.Edit, count: Int)
        /// The job ended in this terminal state.
        case ended(JobState, JobFailure?)
        /// A completion could not be stored, and was left to recovery.
        case completionRejected(message: String)
        /// The worker no longer had the job when it finished; its outcome was dropped.
        case stale
        /// The queue started to run.
        case queueStarted
        /// The queue stopped.
        case queueStopped
        /// A part of the queue was paused.
        indirect case paused(Pause)
        /// A pause was lifted.
        case resumed(Pause.Target)
        /// An occurrence of a schedule was skipped, because the job of the previous one, which the event names, has
        /// not ended.
        case occurrenceSkipped(ScheduleID, due: Timestamp)
        /// A schedule itself changed; the occurrences that it fires are reported as ``submitted(_:)``.
        case schedule(ScheduleID, JobEvent.ScheduleChange)
        /// The store has active jobs of a type without a registered executor; they are left alone.
        case unknownType(JobType, count: Int)
        /// The subscriber was too slow, and a number of events before this one were lost.
        case lost(Int)
    }
}

extension JobEvent {
    /// A change of an active job's settings.
    public enum Edit: Sendable, Hashable {
        /// A new priority.
        case priority(Priority)
        /// A new group; `nil`: none.
        case group(String?)
    }
}

extension JobEvent {
    /// A change of a schedule.
    public enum ScheduleChange: Sendable, Hashable, CaseIterable {
        /// The schedule is new or was replaced.
        case registered
        /// The schedule was paused.
        case paused
        /// The schedule was resumed.
        case resumed
        /// The schedule was removed.
        case cancelled
        /// The last occurrence was fired.
        case ended
    }
}

extension JobEvent {
    /// A set of kinds of events, for subscriptions.
    public struct Kinds: OptionSet, Sendable, Hashable {
        /// The bits of the set.
        public let rawValue: UInt16

        /// Creates a set of bits.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// Submissions.
        public static let submitted = JobEvent.Kinds(rawValue: 1 << 0)
        /// Starts of attempts.
        public static let started = JobEvent.Kinds(rawValue: 1 << 1)
        /// Reports of progress.
        public static let progressed = JobEvent.Kinds(rawValue: 1 << 2)
        /// Attempts that did not end their job: retries, snoozes, releases, preemptions, waiting for children.
        public static let attempts = JobEvent.Kinds(rawValue: 1 << 3)
        /// Jobs that may run now: unblocked or recovered.
        public static let unblocked = JobEvent.Kinds(rawValue: 1 << 4)
        /// Ends of jobs.
        public static let ended = JobEvent.Kinds(rawValue: 1 << 5)
        /// Problems of the queue itself: rejected and stale completions, unknown types.
        public static let trouble = JobEvent.Kinds(rawValue: 1 << 6)
        /// Starts, stops and pauses of the queue.
        public static let queue = JobEvent.Kinds(rawValue: 1 << 7)
        /// Changes of schedules and skipped occurrences.
        public static let schedules = JobEvent.Kinds(rawValue: 1 << 8)
        /// Changes of priorities and groups.
        public static let edited = JobEvent.Kinds(rawValue: 1 << 9)
        /// All kinds.
        public static let all = JobEvent.Kinds(rawValue: .max)
    }
}

extension JobEvent.Kind {
    /// The kinds of a subscription that include this event.
    ///
    /// ``JobEvent/Kind/lost(_:)`` is delivered to every subscriber that it concerns.
    public var kinds: JobEvent.Kinds {
        switch self {
        case .submitted: .submitted
        case .started: .started
        case .progressed: .progressed
        case .retrying, .snoozed, .released, .preempted, .waiting: .attempts
        case .unblocked, .recovered: .unblocked
        case .edited: .edited
        case .ended: .ended
        case .completionRejected, .stale, .unknownType: .trouble
        case .queueStarted, .queueStopped, .paused, .resumed: .queue
        case .occurrenceSkipped, .schedule: .schedules
        case .lost: .all
        }
    }
}

/// The progress of an attempt.
public struct JobProgress: Hashable, Sendable, Codable {
    /// The work done, in the unit in which it was reported.
    public var done: Done
    /// The recent rate per second, smoothed: parts of the whole, items, or bytes; `nil` before it is known, and for
    /// an estimate.
    public var rate: Double?
    /// The remaining time at that rate or, for an estimate, by the job type's history; `nil` if it is unknown.
    public var timeLeft: Duration?
    /// The message that the attempt reported.
    public var message: String?

    /// An amount of work done.
    public enum Done: Hashable, Sendable, Codable {
        /// A part of the whole, 0…1.
        case fraction(Double)
        /// A number of items, and their total if it is known.
        case count(Int64, of: Int64?)
        /// A number of bytes, and their total if it is known.
        case bytes(Int64, of: Int64?)
        /// An estimate, because nothing was reported: a part of the whole, by the durations of earlier jobs of the
        /// type; between 0 and 1, exclusive.
        case estimate(Double)
    }

    /// Creates a progress.
    public init(_ done: Done, rate: Double? = nil, timeLeft: Duration? = nil, message: String? = nil) {
        self.done = done
        self.rate = rate
        self.timeLeft = timeLeft
        self.message = message
    }

    /// The part of the whole that is done, 0…1; `nil` if the total is unknown.
    ///
    /// With a total of 0, the part is 1.
    public var fraction: Double? {
        switch done {
        case .fraction(let part), .estimate(let part):
            part
        case .count(let done, of: let total), .bytes(let done, of: let total):
            total.map { $0 > 0 ? min(max(Double(done) / Double($0), 0), 1) : 1 }
        }
    }

    /// Whether this is an estimate by the history of the type, because nothing was reported.
    public var isEstimate: Bool {
        if case .estimate = done { true } else { false }
    }
}
