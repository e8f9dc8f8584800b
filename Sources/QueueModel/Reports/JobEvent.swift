/// Something that happened to a job, or to the queue, told after it was committed (rules C5, Q3).
public struct JobEvent: Sendable, Hashable {
    /// What happened.
    public var kind: Kind
    /// The job; `nil` for events of the queue itself, and for those of several jobs at once (``Kind/edited(_:count:)``).
    public var id: JobID?
    /// The job's stored type.
    public var type: JobType?
    /// When it happened.
    public var at: Timestamp
    /// How long after its submission a job ended that expired (rule Q7); `nil` for all other events.
    public var age: Duration?

    /// Makes an event.
    public init(_ kind: Kind, id: JobID? = nil, type: JobType? = nil, at: Timestamp, age: Duration? = nil) {
        self.age = age
        self.kind = kind
        self.id = id
        self.type = type
        self.at = at
    }

    /// What can happen.
    public enum Kind: Sendable, Hashable {
        /// A submission had this outcome.
        case submitted(SubmitOutcome)
        /// An attempt began.
        case started(attempt: Int)
        /// An attempt has come so far; told at most once an interval (rule Q4).
        indirect case progressed(JobProgress)
        /// An attempt failed, and the next starts not before the instant.
        case retrying(at: Timestamp, JobFailure)
        /// An attempt asked to be put back until the instant.
        case snoozed(until: Timestamp)
        /// An attempt was interrupted and the job went back to the queue.
        case released
        /// The job was set aside for a more urgent one, and runs again when no such job is left.
        case preempted
        /// The job has executed and waits for its children.
        case waiting
        /// The job may run now: its dependencies are met, or its children have ended.
        case unblocked
        /// The job was taken back from a dead worker.
        case recovered
        /// Somebody gave so many jobs another priority or another group.
        ///
        /// Operations on many jobs are told once a step (256 jobs at most) and job type, with the number; the event names the job if it is
        /// one. Those who subscribed to a single job are told of that job alone. That a submission has raised a job is told as
        /// ``submitted(_:)``.
        case edited(JobEvent.Edit, count: Int)
        /// The job has ended, in this terminal state.
        case ended(JobState, JobFailure?)
        /// A completion could not be stored, and was left to recovery (rule C6).
        case completionRejected(message: String)
        /// The worker no longer had the job when it finished; its outcome was dropped (rule L3).
        case stale
        /// The queue started to run.
        case queueStarted
        /// The queue has stopped.
        case queueStopped
        /// A part of the queue was held.
        indirect case paused(Pause)
        /// A hold was lifted.
        case resumed(Pause.Target)
        /// An occurrence of a schedule was skipped, because the job of the one before, which the event names, has not ended.
        case occurrenceSkipped(ScheduleID, due: Timestamp)
        /// Something happened to a schedule itself; the occurrences that it fires are told as ``submitted(_:)``.
        case schedule(ScheduleID, JobEvent.ScheduleChange)
        /// The file has active jobs of a type that no executor here is registered for; they are left alone (rule S10).
        case unknownType(JobType, count: Int)
        /// This subscriber was too slow, and so many events before this one are lost to it.
        case lost(Int)
    }
}

extension JobEvent {
    /// What a job that has not ended can be given anew.
    public enum Edit: Sendable, Hashable {
        /// This priority.
        case priority(Priority)
        /// This group; `nil`: none.
        case group(String?)
    }
}

extension JobEvent {
    /// What can happen to a schedule.
    public enum ScheduleChange: Sendable, Hashable, CaseIterable {
        /// It is new, or has other contents.
        case registered
        /// Nothing of it is fired until it is resumed.
        case paused
        /// It goes on.
        case resumed
        /// It was taken away.
        case cancelled
        /// Its last occurrence was fired.
        case ended
    }
}

extension JobEvent {
    /// Kinds of events, to choose by.
    public struct Kinds: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt16

        /// Makes a set of bits.
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
        /// What went wrong in the queue itself: rejected and stale completions, unknown types.
        public static let trouble = JobEvent.Kinds(rawValue: 1 << 6)
        /// Starts, stops, holds of the queue.
        public static let queue = JobEvent.Kinds(rawValue: 1 << 7)
        /// Schedules: changes of them, and occurrences that are skipped.
        public static let schedules = JobEvent.Kinds(rawValue: 1 << 8)
        /// Other priorities and groups.
        public static let edited = JobEvent.Kinds(rawValue: 1 << 9)
        /// All of them.
        public static let all = JobEvent.Kinds(rawValue: .max)
    }
}

extension JobEvent.Kind {
    /// The kind that a subscription chooses by.
    ///
    /// ``JobEvent/Kind/lost(_:)`` comes to every subscriber that it concerns.
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

/// How far an attempt is (rule Q4).
public struct JobProgress: Hashable, Sendable, Codable {
    /// What is done, in the terms in which it was reported.
    public var done: Done
    /// How much was done a second of late, smoothed: of the whole, things, or bytes; `nil` before it can be told, and for an estimate.
    public var rate: Double?
    /// How long the rest takes at that rate, or, for an estimate, by the job type's history; `nil` where it can't be told.
    public var timeLeft: Duration?
    /// What the attempt said with its reports, for a person.
    public var message: String?

    /// An amount of work that was done.
    public enum Done: Hashable, Sendable, Codable {
        /// A part of the whole, 0…1.
        case fraction(Double)
        /// A number of things, of how many where that is known.
        case count(Int64, of: Int64?)
        /// A number of bytes, of how many where that is known.
        case bytes(Int64, of: Int64?)
        /// Nothing was reported: a part of the whole, by how long jobs of the type took so far; above 0 and below 1.
        case estimate(Double)
    }

    /// Makes a progress.
    public init(_ done: Done, rate: Double? = nil, timeLeft: Duration? = nil, message: String? = nil) {
        self.done = done
        self.rate = rate
        self.timeLeft = timeLeft
        self.message = message
    }

    /// The part of the whole that is done, 0…1; `nil` where the whole is not known.
    ///
    /// Of nothing everything is done.
    public var fraction: Double? {
        switch done {
        case .fraction(let part), .estimate(let part):
            part
        case .count(let done, of: let total), .bytes(let done, of: let total):
            total.map { $0 > 0 ? min(max(Double(done) / Double($0), 0), 1) : 1 }
        }
    }

    /// Whether nothing was reported, and this is what the history of the type suggests.
    public var isEstimate: Bool {
        if case .estimate = done { true } else { false }
    }
}
