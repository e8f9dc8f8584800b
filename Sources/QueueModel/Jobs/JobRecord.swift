public import QueueBackoff

/// A job as it is stored, at the instant it was read.
///
/// Active and ended jobs have the same kind of record.
public struct JobRecord: Sendable, Hashable {
    /// The job's id.
    public var id: JobID
    /// The stored type name, including the domain.
    public var type: JobType
    /// The job's state.
    public var state: JobState
    /// The phase that the next or current attempt runs.
    public var phase: JobRecord.Phase = .execute
    /// The job's own priority.
    public var priority: Priority
    /// The priority to which waiting had raised the job when it was claimed, if that differs from its own.
    ///
    /// Only a claim sets it; it is not stored.
    public var claimedAs: Priority?
    /// The group with which the job shares limits.
    public var group: String?
    /// The unique key.
    public var key: Uniqueness.Key?
    /// The label for people.
    public var label: String?
    /// The tags, in the order of submission.
    public var tags: [Tag] = []
    /// The payload for the executor.
    public var payload: [UInt8]
    /// The version of the payload's format.
    public var payloadVersion: Int = 0

    /// The number of the latest attempt, from 1; 0 before the first.
    ///
    /// It is raised by each claim and each retry in place, and serves as the fencing token of the lease.
    public var attempt: Int = 0
    /// The number of failed attempts that counted against the retry policy.
    public var retries: Int = 0
    /// The delay of the last retry that went through the queue, on which a backoff strategy may build.
    public var retryDelay: Duration?
    /// The number of worker crashes during which the job was running.
    public var crashes: Int = 0

    /// The instant of submission.
    public var submittedAt: Timestamp
    /// The earliest start; after a failed attempt, that of the next attempt.
    public var runAfter: Timestamp?
    /// The instant after which an unstarted job expires.
    public var expiresAt: Timestamp?
    /// The start of the current or last attempt.
    public var startedAt: Timestamp?
    /// The instant at which the job ended.
    public var finishedAt: Timestamp?
    /// The instant at which the job was asked to stop while it was running.
    public var cancelRequestedAt: Timestamp?

    /// The worker of the current or last attempt.
    public var worker: WorkerID?
    /// The parent, which waits for this job.
    public var parent: JobID?
    /// The job that this one repeats: for example a resubmitted dead letter, or a job that was to run once more.
    public var origin: JobID?
    /// The occurrence of a schedule that this job, or the job it repeats, was submitted for.
    public var occurrence: ScheduleRecord.Occurrence?
    /// Whether a child's permanent failure cancels its siblings and fails this job.
    public var failFast: Bool = true
    /// The retry policy of the submission itself, if it has one.
    public var retry: RetryPolicy?
    /// The time limit of the submission itself for an attempt, if it has one.
    public var timeout: Duration?
    /// The bytes that the job was expected to move.
    public var expectedIO: IOAmount?
    /// The bytes that the last attempt reported.
    public var io: IOAmount?
    /// The last failure.
    public var failure: JobFailure?
    /// The encoded output of `execute` or, if there is one, of `finalize`.
    public var output: [UInt8]?
    /// The checkpoint that an attempt saved for the next one.
    public var checkpoint: [UInt8]?

    /// Creates a record; all other properties have the values of a new job.
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

/// The state of a job.
///
/// Terminal states are final.
public enum JobState: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// The job waits for its turn, or for its earliest start.
    case pending = 0
    /// The job waits for its dependencies.
    case blocked = 1
    /// A worker has claimed the job.
    case running = 2
    /// The job has executed and waits for its children.
    case waiting = 3
    /// The job made room for a more urgent one, and is pending again once no such job is ready or runs.
    case preempted = 4

    /// The job has succeeded.
    case completed = 16
    /// The job ended with an error that a retry would not fix.
    case failed = 17
    /// The job used up its retries, or was found to crash its workers.
    case deadLettered = 18
    /// The job was cancelled.
    case cancelled = 19
    /// Another submission took the job's place.
    case superseded = 20
    /// The job was not started within its time to live.
    case expired = 21
    /// A job that this one depends on did not complete.
    case dependencyFailed = 22

    /// Whether the state is terminal: the job has ended.
    @inlinable
    public var isTerminal: Bool { rawValue >= 16 }

    /// The states of jobs that have not ended.
    public static let active: [JobState] = allCases.filter { !$0.isTerminal }
    /// The states of jobs that have ended.
    public static let terminal: [JobState] = allCases.filter(\.isTerminal)
}

extension JobRecord {
    /// The part of its executor that a job runs next or now.
    public enum Phase: UInt8, Hashable, Sendable, Codable {
        /// The method `execute`.
        case execute = 0
        /// The method `finalize`, after all children have ended.
        case finalize = 1
    }
}

/// The reason why an attempt or a job did not succeed, as it is stored.
public struct JobFailure: Hashable, Sendable, Codable {
    /// The error's description, truncated to 4096 bytes at a character boundary.
    public var message: String
    /// The kind of failure.
    public var kind: Kind

    /// A kind of failure.
    public enum Kind: UInt8, Hashable, Sendable, Codable {
        /// The executor threw an error that may be temporary.
        case retryable = 0
        /// The executor threw an error that no retry fixes.
        case permanent = 1
        /// The attempt exceeded its time limit.
        case timedOut = 2
        /// The payload could not be decoded.
        case undecodable = 3
        /// The worker died while the attempt was running.
        case crashed = 4
        /// The attempt was cancelled.
        case cancelled = 5
        /// A child or a dependency did not complete.
        case relatedJob = 6
        /// The attempt asked to be run again later; this counts as no failure.
        case snoozed = 7
        /// A shutdown or a preemption interrupted the attempt; this counts as no failure.
        case interrupted = 8
    }

    /// The maximum number of bytes of a message.
    public static let messageBytes = 4096

    /// Creates a failure; a longer message is truncated at a character boundary.
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
    /// An attempt at a job.
    public struct Attempt: Hashable, Sendable {
        /// The attempt's number, from 1.
        public var number: Int
        /// The worker that made the attempt.
        public var worker: WorkerID?
        /// The start of the attempt.
        public var startedAt: Timestamp?
        /// The end of the attempt; `nil` while it runs.
        public var endedAt: Timestamp?
        /// The failure; `nil` after a success, and while the attempt runs.
        public var failure: JobFailure?

        /// Creates a record.
        public init(
            number: Int, worker: WorkerID?, startedAt: Timestamp?, endedAt: Timestamp?, failure: JobFailure?
        ) {
            self.number = number
            self.worker = worker
            self.startedAt = startedAt
            self.endedAt = endedAt
            self.failure = failure
        }

        /// The duration of the attempt; `nil` while it runs.
        public var duration: Duration? {
            guard let startedAt, let endedAt else { return nil }
            return endedAt.since(startedAt)
        }
    }
}
