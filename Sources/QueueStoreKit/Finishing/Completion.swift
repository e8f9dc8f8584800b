public import QueueModel

/// The end of an attempt, as a worker reports it to the store.
public struct Completion: Sendable {
    /// The job.
    public var id: JobID
    /// The number of the attempt, which is the fencing token.
    ///
    /// A completion of any attempt but the job's current one must change nothing.
    public var attempt: Int
    /// The worker that ran it.
    public var worker: WorkerID
    /// The way in which it ended.
    public var end: End
    /// The instant at which the executor began.
    public var startedAt: Timestamp
    /// The instant at which the executor returned.
    public var endedAt: Timestamp
    /// The bytes that it reported to have moved.
    public var io: IOAmount
    /// The effects to perform in the transaction that records it, in order; only with a success.
    ///
    /// They are performed if the success is recorded as one: the job completes, waits for its children or goes on to
    /// finalize. If one fails, all of them are undone, nothing else of the completion is recorded, and its outcome is
    /// ``CompletionOutcome/effectFailed(_:)``; other completions of the turn are not affected.
    public var effects: [any CompletionEffect]

    /// A way for an attempt to end.
    public enum End: Sendable, Hashable, Codable {
        /// It returned, with its encoded output.
        ///
        /// The job completes, unless it has had children and has not finalized since: then it waits for the last of
        /// them to end or, if all have ended, is pending again to finalize.
        case success(output: [UInt8]?)
        /// It failed and is tried again from the queue, at the instant or later. Counts as a retry.
        case retry(at: Timestamp, JobFailure)
        /// It failed, and the worker starts the next attempt at once without giving the job back. Counts as a retry.
        case retryInPlace(JobFailure)
        /// It failed, and no retry would fix it.
        case failure(JobFailure)
        /// It failed, and its retries are used up.
        case deadLetter(JobFailure)
        /// It was asked to stop, and did.
        case cancelled(JobFailure)
        /// It asked to be run again at the instant or later. Counts as no failure.
        case snooze(until: Timestamp)
        /// It was interrupted, for example by a shutdown, and goes back to its place in the order. Counts as no
        /// failure.
        case release(JobFailure)
        /// It was preempted by a more urgent job, and is set aside until no such job is ready or runs. Counts as no
        /// failure.
        case preempted(JobFailure)
    }

    /// Creates a completion.
    public init(
        id: JobID, attempt: Int, worker: WorkerID, end: End, startedAt: Timestamp, endedAt: Timestamp,
        io: IOAmount = .zero, effects: [any CompletionEffect] = []
    ) {
        self.id = id
        self.attempt = attempt
        self.worker = worker
        self.end = end
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.io = io
        self.effects = effects
    }
}

extension Completion {
    /// The delay before the next attempt that its retry asks for; `nil` if it asks for none.
    ///
    /// A start that has passed is a delay of zero.
    public var retryDelay: Duration? {
        guard case .retry(let start, _) = end else { return nil }
        return max(start.since(endedAt), .zero)
    }
}

extension Completion.End {
    /// Why the attempt did not succeed; `nil` for a success and a snooze.
    public var failure: JobFailure? {
        switch self {
        case .success, .snooze: nil
        case .retry(_, let failure), .retryInPlace(let failure), .failure(let failure), .deadLetter(let failure),
            .cancelled(let failure), .release(let failure), .preempted(let failure):
            failure
        }
    }
}

extension Completion: Codable {
    /// All properties except the effects, which are code.
    private enum CodingKeys: String, CodingKey {
        case id, attempt, worker, end, startedAt, endedAt, io
    }

    /// Decodes a completion, which has no effects.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try values.decode(JobID.self, forKey: .id), attempt: try values.decode(Int.self, forKey: .attempt),
            worker: try values.decode(WorkerID.self, forKey: .worker), end: try values.decode(End.self, forKey: .end),
            startedAt: try values.decode(Timestamp.self, forKey: .startedAt),
            endedAt: try values.decode(Timestamp.self, forKey: .endedAt),
            io: try values.decode(IOAmount.self, forKey: .io))
    }

    /// Encodes all properties except the effects.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(attempt, forKey: .attempt)
        try values.encode(worker, forKey: .worker)
        try values.encode(end, forKey: .end)
        try values.encode(startedAt, forKey: .startedAt)
        try values.encode(endedAt, forKey: .endedAt)
        try values.encode(io, forKey: .io)
    }
}

extension Completion: Hashable {
    /// Returns whether two completions are equal and have the very same effects.
    public static func == (left: Completion, right: Completion) -> Bool {
        left.id == right.id && left.attempt == right.attempt && left.worker == right.worker && left.end == right.end
            && left.startedAt == right.startedAt && left.endedAt == right.endedAt && left.io == right.io
            && left.effects.elementsEqual(right.effects) { $0 === $1 }
    }

    /// Hashes the properties that distinguish completions.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(attempt)
        hasher.combine(end)
    }
}

/// The outcome of recording a completion.
public enum CompletionOutcome: Hashable, Sendable {
    /// It was recorded, and the job has this state now: a terminal one, `pending`, `waiting`, `preempted` or (after
    /// ``Completion/End/retryInPlace(_:)``) `running`.
    case recorded(JobState)
    /// One of its effects failed: nothing was changed, and the job still runs. The worker must report another end of
    /// the attempt.
    case effectFailed(EffectFailure)
    /// The job is no longer at this attempt (it was recovered, superseded or ended otherwise): nothing was changed.
    case stale
}

/// The reason why an effect could not be performed; the success that it belongs to was not recorded.
///
/// Two failures are equal if both are permanent or both are not, and their errors have the same description.
public struct EffectFailure: Sendable {
    /// The error that the effect threw, or the store's objection.
    public var error: any Error
    /// Whether the store knows that another attempt would fail in the same way.
    ///
    /// An error that itself determines how its job ends takes precedence.
    public var isPermanent: Bool

    /// Creates a failure.
    public init(_ error: any Error, isPermanent: Bool = false) {
        self.error = error
        self.isPermanent = isPermanent
    }

    /// Returns the failure of an effect that a store does not accept.
    public static func notAccepted(_ effect: any CompletionEffect) -> EffectFailure {
        EffectFailure(
            QueueError(.effectNotAccepted, "the queue's store can't do a \(type(of: effect))"), isPermanent: true)
    }
}

extension EffectFailure: Hashable {
    /// Returns whether two failures are equal.
    public static func == (left: EffectFailure, right: EffectFailure) -> Bool {
        left.isPermanent == right.isPermanent && left.description == right.description
    }

    /// Hashes the properties that are compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(isPermanent)
        hasher.combine(description)
    }
}

extension EffectFailure: CustomStringConvertible {
    /// The error's description.
    public var description: String { "\(error)" }
}

extension AttemptOutcome {
    /// Creates the outcome of a recorded attempt.
    ///
    /// - Parameters:
    ///   - end: The way in which the attempt ended.
    ///   - state: The state in which the store left the job.
    public init(_ end: Completion.End, recordedAs state: JobState) {
        switch state {
        case .completed: self = .completed
        case .failed: self = .failed
        case .deadLettered: self = .deadLettered
        case .cancelled: self = .cancelled
        case .superseded: self = .superseded
        case .expired: self = .expired
        case .dependencyFailed: self = .dependencyFailed
        case .pending, .blocked, .running, .waiting, .preempted:
            switch end {
            case .retry, .retryInPlace: self = .retried
            case .snooze: self = .snoozed
            case .preempted where state == .preempted: self = .preempted
            case .success: self = .waiting
            case .failure, .deadLetter, .cancelled, .release, .preempted: self = .released
            }
        }
    }
}
