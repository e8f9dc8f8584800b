public import QueueModel

/// How one attempt ended: what a worker hands to the store (rule C3).
public struct Completion: Sendable {
    /// The job.
    public var id: JobID
    /// The attempt that ended: the fencing token.
    ///
    /// One that is not the job's present attempt changes nothing.
    public var attempt: Int
    /// The worker that ran it.
    public var worker: WorkerID
    /// How it ended.
    public var end: End
    /// When the executor began.
    public var startedAt: Timestamp
    /// When the executor returned.
    public var endedAt: Timestamp
    /// The bytes that it reported to have moved.
    public var io: IOAmount
    /// What is to be done in the transaction that records it, in this order (rule E8); only with a success.
    ///
    /// They are done if the success is recorded as one: the job completes, waits for its children or goes on to finalize. If one
    /// fails, all of them are undone, nothing else of the completion is recorded, and its outcome is
    /// ``CompletionOutcome/effectFailed(_:)``; other completions of the turn are not concerned.
    public var effects: [any CompletionEffect]

    /// A way for an attempt to end.
    public enum End: Sendable, Hashable, Codable {
        /// It returned; with its output, encoded. The job completes, unless it has had children that no `finalize` has followed
        /// yet: then it waits for the last of them to end, or, if all have ended, is pending again to finalize.
        case success(output: [UInt8]?)
        /// It failed and is tried again from the queue, not before the instant. Counts as a retry.
        case retry(at: Timestamp, JobFailure)
        /// It failed and the worker goes on with the next attempt at once, without giving the job back. Counts as a retry.
        case retryInPlace(JobFailure)
        /// It failed, and no retry mends it.
        case failure(JobFailure)
        /// It failed, and its retries are used up.
        case deadLetter(JobFailure)
        /// It was asked to stop, and did.
        case cancelled(JobFailure)
        /// It asked to be put back until the instant. Counts as no failure.
        case snooze(until: Timestamp)
        /// It was interrupted (by a shutdown, say) and goes back to its place in the order. Counts as no failure.
        case release(JobFailure)
        /// It was set aside for a more urgent job, and is paused until no such job is ready or runs. Counts as no failure.
        case preempted(JobFailure)
    }

    /// Makes a completion.
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
    /// All but the effects, which are code.
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

    /// Encodes all but the effects.
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
    /// Whether two completions say the same, and are to do the very same effects.
    public static func == (left: Completion, right: Completion) -> Bool {
        left.id == right.id && left.attempt == right.attempt && left.worker == right.worker && left.end == right.end
            && left.startedAt == right.startedAt && left.endedAt == right.endedAt && left.io == right.io
            && left.effects.elementsEqual(right.effects) { $0 === $1 }
    }

    /// Feeds in what tells completions apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(attempt)
        hasher.combine(end)
    }
}

/// What a completion did.
public enum CompletionOutcome: Hashable, Sendable {
    /// It was recorded, and the job is in this state now: a terminal one, `pending`, `waiting`, `paused` or (after
    /// ``Completion/End/retryInPlace(_:)``) `running`.
    case recorded(JobState)
    /// One of its effects failed: nothing was changed, and the job still runs. The worker says anew how the attempt ended.
    case effectFailed(EffectFailure)
    /// The job is no longer at this attempt (it was recovered, superseded or ended otherwise): nothing was changed.
    case stale
}

/// Why an effect could not be done; the success that it belongs to was not recorded.
///
/// Two are equal if they are of the same permanence and their errors have the same description.
public struct EffectFailure: Sendable {
    /// What the effect threw, or what the store has against it.
    public var error: any Error
    /// Whether the store knows that another attempt would fail in the same way.
    ///
    /// An error that disposes of its job itself comes first.
    public var isPermanent: Bool

    /// Makes a failure.
    public init(_ error: any Error, isPermanent: Bool = false) {
        self.error = error
        self.isPermanent = isPermanent
    }

    /// The failure of an effect that a store does not accept.
    public static func notAccepted(_ effect: any CompletionEffect) -> EffectFailure {
        EffectFailure(
            QueueError(.effectNotAccepted, "the queue's store can't do a \(type(of: effect))"), isPermanent: true)
    }
}

extension EffectFailure: Hashable {
    /// Whether two failures say the same.
    public static func == (left: EffectFailure, right: EffectFailure) -> Bool {
        left.isPermanent == right.isPermanent && left.description == right.description
    }

    /// Feeds in what is compared.
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
    /// What a recorded end of an attempt led to.
    ///
    /// - Parameters:
    ///   - end: How the attempt ended.
    ///   - state: The state that the store left the job in.
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
