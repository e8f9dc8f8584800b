public import QueueBackoff

/// All that a store knows of a job, at the instant it was read.
///
/// Active and ended jobs have the same record.
public struct JobRecord: Sendable, Hashable {
    /// The job's number.
    public var id: JobID
    /// The stored type name, with its domain.
    public var type: JobType
    /// Where it is in its life.
    public var state: JobState
    /// What the next or present attempt runs.
    public var phase: JobRecord.Phase = .execute
    /// How urgent.
    public var priority: Priority
    /// The priority that waiting had brought it to when it was claimed, where that is another than its own (rule D5).
    ///
    /// Said by the claim alone; it is not stored.
    public var claimedAs: Priority?
    /// The group that it shares limits in.
    public var group: String?
    /// The unique key.
    public var key: Uniqueness.Key?
    /// A text for people.
    public var label: String?
    /// Marks to find it by, in the order of submission.
    public var tags: [Tag] = []
    /// The bytes for the executor.
    public var payload: [UInt8]
    /// The version of the payload's form.
    public var payloadVersion: Int = 0

    /// How often it was claimed or, without going back to the queue, tried again; the fencing token of its lease.
    public var attempt: Int = 0
    /// How many failed attempts counted against its retry policy.
    public var retries: Int = 0
    /// The delay that its last retry from the queue had: what a back-off that builds on it needs.
    public var retryDelay: Duration?
    /// In how many crashes of a worker it was running.
    public var crashes: Int = 0

    /// When it was submitted.
    public var submittedAt: Timestamp
    /// Its earliest start; after a failed attempt that of the next.
    public var runAfter: Timestamp?
    /// From when it is no longer worth starting.
    public var expiresAt: Timestamp?
    /// When the present or last attempt began.
    public var startedAt: Timestamp?
    /// When it ended for good.
    public var finishedAt: Timestamp?
    /// When somebody asked it to stop while it ran.
    public var cancelRequestedAt: Timestamp?

    /// The worker of the present or last attempt.
    public var worker: WorkerID?
    /// The job that waits for it.
    public var parent: JobID?
    /// The job that it repeats: a resubmitted dead letter, say, or one that was to run once more.
    public var origin: JobID?
    /// The occurrence of a schedule that it is, or that the job was which it repeats.
    public var occurrence: ScheduleRecord.Occurrence?
    /// Whether a child's permanent failure cancels its siblings and fails this job.
    public var failFast: Bool = true
    /// The submission's own retry policy.
    public var retry: RetryPolicy?
    /// The submission's own time limit for an attempt.
    public var timeout: Duration?
    /// The bytes that it was expected to move.
    public var expectedIO: IOAmount?
    /// The bytes that its last attempt reported.
    public var io: IOAmount?
    /// What went wrong last.
    public var failure: JobFailure?
    /// What `execute` (and, if there is one, `finalize`) returned, encoded.
    public var output: [UInt8]?
    /// What an attempt saved for the next.
    public var checkpoint: [UInt8]?

    /// Makes a record; what is not named has the value of a new job.
    public init(
        id: JobID, type: JobType, state: JobState = .pending, priority: Priority = .normal, payload: [UInt8] = [],
        submittedAt: Timestamp
    ) {
        self.id = id
        self.type = type
        self.state = state
        self.priority = priority
        self.payload = payload
        self.submittedAt = submittedAt
    }
}

/// Where a job is in its life (rule L1).
///
/// Terminal states are final.
public enum JobState: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// Waits for its turn, or for its earliest start.
    case pending = 0
    /// Waits for its dependencies.
    case blocked = 1
    /// Claimed by a worker.
    case running = 2
    /// Has executed and waits for its children.
    case waiting = 3
    /// Asked to make room for a more urgent job, and pending again once no such job runs.
    case preempted = 4

    /// Ended as it should.
    case completed = 16
    /// Ended with an error that a retry would not fix.
    case failed = 17
    /// Ended with its retries used up, or as the killer of its worker.
    case deadLettered = 18
    /// Ended because somebody asked for it.
    case cancelled = 19
    /// Ended because another submission took its place.
    case superseded = 20
    /// Ended because it was not started within its time to live.
    case expired = 21
    /// Ended because a job that it depends on ended otherwise than completed.
    case dependencyFailed = 22

    /// Whether the job has ended for good.
    @inlinable
    public var isTerminal: Bool { rawValue >= 16 }

    /// The states of jobs that have not ended.
    public static let active: [JobState] = allCases.filter { !$0.isTerminal }
    /// The states of jobs that have ended.
    public static let terminal: [JobState] = allCases.filter(\.isTerminal)
}

extension JobRecord {
    /// Which part of its executor a job's next or present attempt runs.
    public enum Phase: UInt8, Hashable, Sendable, Codable {
        /// `execute`.
        case execute = 0
        /// `finalize`, after all children have ended.
        case finalize = 1
    }
}

/// Why an attempt or a job ended badly, as it is kept with it.
public struct JobFailure: Hashable, Sendable, Codable {
    /// The error's description, cut to 4096 bytes at a character.
    public var message: String
    /// What kind of end it was.
    public var kind: Kind

    /// A kind of bad end.
    public enum Kind: UInt8, Hashable, Sendable, Codable {
        /// The executor threw an error that may pass.
        case retryable = 0
        /// The executor threw an error that no retry mends.
        case permanent = 1
        /// The attempt took longer than its time limit.
        case timedOut = 2
        /// The payload could not be decoded.
        case undecodable = 3
        /// The worker died with the attempt running.
        case crashed = 4
        /// The attempt was cancelled.
        case cancelled = 5
        /// A child or a dependency ended badly.
        case relatedJob = 6
        /// The attempt asked to be put back until later; no failure counts.
        case snoozed = 7
        /// The attempt was interrupted by a shutdown or a preemption; no failure counts.
        case interrupted = 8
    }

    /// The most bytes of a message that are kept.
    public static let messageBytes = 4096

    /// Makes a failure; a message that is too long is cut at a character.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        guard message.utf8.count > Self.messageBytes else {
            self.message = message
            return
        }
        var cut = ""
        var bytes = 0
        for character in message {
            bytes += character.utf8.count
            if bytes > Self.messageBytes { break }
            cut.append(character)
        }
        if cut.isEmpty {
            // A single character, of marks upon marks, may be larger than all that is kept.
            for scalar in message.unicodeScalars {
                if cut.utf8.count + UTF8.width(scalar) > Self.messageBytes { break }
                cut.unicodeScalars.append(scalar)
            }
        }
        self.message = cut
    }
}

extension JobRecord {
    /// One attempt at a job.
    public struct Attempt: Hashable, Sendable {
        /// The attempt's number, from 1.
        public var number: Int
        /// Who made it.
        public var worker: WorkerID?
        /// When it began.
        public var startedAt: Timestamp?
        /// When it ended; `nil` while it runs.
        public var endedAt: Timestamp?
        /// What went wrong; `nil` if nothing did, or while it runs.
        public var failure: JobFailure?

        /// Makes a record.
        public init(
            number: Int, worker: WorkerID?, startedAt: Timestamp?, endedAt: Timestamp?, failure: JobFailure?
        ) {
            self.number = number
            self.worker = worker
            self.startedAt = startedAt
            self.endedAt = endedAt
            self.failure = failure
        }

        /// How long it took.
        public var duration: Duration? {
            guard let startedAt, let endedAt else { return nil }
            return endedAt.since(startedAt)
        }
    }
}
