import QueueModel

extension MemoryState {
    /// Records how an attempt ended, with all that follows (rules L3, C3, E4–E6, D12).
    mutating func finish(
        _ completion: Completion, at now: Timestamp, _ effects: inout Effects
    ) -> CompletionOutcome {
        let id = completion.id
        guard let entry = entries[id], entry.record.state == .running, entry.record.attempt == completion.attempt,
            entry.record.worker == completion.worker
        else { return .stale }

        let verdict = Verdict(of: completion, for: entry)
        if verdict.isSuccess, let failure = perform(completion.effects) { return .effectFailed(failure) }
        update(id, at: now) {
            $0.record.startedAt = completion.startedAt
            $0.record.io = completion.io
            $0.record.retryDelay = completion.retryDelay
        }
        closeAttempt(
            of: id, startedAt: completion.startedAt, endedAt: completion.endedAt, verdict.attemptFailure(completion.end)
        )

        switch verdict {
        case .end(let state, let output, let failure):
            if state == .completed {
                count(entry.record.type, at: now) {
                    $0.ran(from: completion.startedAt, to: completion.endedAt, io: completion.io)
                }
            }
            update(id, at: now) { if let output { $0.record.output = output } }
            settle([.end(id, as: state, failure, cause: nil, at: completion.endedAt)], at: now, &effects)
        case .wait(let output):
            update(id, at: now) {
                $0.record.state = .waiting
                if let output { $0.record.output = output }
            }
        case .finalize(let output):
            update(id, at: now) {
                $0.finalize()
                if let output { $0.record.output = output }
            }
            effects.noteWork(entry.record.priority)
        case .requeue(let start, let failure):
            if failure != nil { count(entry.record.type, at: now) { $0.retried() } }
            update(id, at: now) {
                $0.record.state = .pending
                if let start {
                    $0.record.runAfter = start
                    // It waits anew, from its new start.
                    $0.pausedFor = 0
                }
                if let failure {
                    $0.record.retries += 1
                    $0.record.failure = failure
                }
            }
            effects.noteWork(entry.record.priority)
        case .setAside:
            update(id, at: now) {
                $0.record.state = .preempted
                $0.pausedAt = now
            }
        case .goOn(let failure):
            count(entry.record.type, at: now) { $0.retried() }
            update(id, at: now) {
                $0.record.retries += 1
                $0.record.failure = failure
                $0.record.attempt += 1
                $0.record.startedAt = completion.endedAt
                $0.openAttempt(at: completion.endedAt)
            }
        }
        return .recorded(entries[id]?.record.state ?? .running)
    }

    /// Notes the end of the present attempt.
    mutating func closeAttempt(
        of id: JobID, startedAt: Timestamp? = nil, endedAt: Timestamp, _ failure: JobFailure?
    ) {
        guard var attempt = entries[id]?.attempts.popLast() else { return }
        if let startedAt { attempt.startedAt = startedAt }
        attempt.endedAt = endedAt
        attempt.failure = failure
        entries[id]?.attempts.append(attempt)
    }
}

/// What an end of an attempt means for its job, decided from values alone.
enum Verdict: Hashable, Sendable {
    /// The job ends.
    case end(JobState, output: [UInt8]?, JobFailure?)
    /// The job waits for its children.
    case wait(output: [UInt8]?)
    /// The job's children have all ended before it did, and it is pending again to finalize.
    case finalize(output: [UInt8]?)
    /// The job goes back to its place in the order, with a new earliest start if one is given; a failure counts as a retry.
    case requeue(Timestamp?, counting: JobFailure?)
    /// The job is paused until no more urgent one needs its slot.
    case setAside
    /// The worker goes on with the next attempt.
    case goOn(JobFailure)

    /// Decides.
    ///
    /// A cancel request from before the end wins over all (rule E6); one that came later only over what would keep the
    /// job alive.
    init(of completion: Completion, for entry: MemoryState.Entry) {
        let request = entry.record.cancelRequestedAt
        if request.map({ $0 < completion.endedAt }) ?? false {
            self = Self.cancelled(completion.end)
            return
        }
        switch completion.end {
        case .cancelled(let failure):
            self = .end(.cancelled, output: nil, failure)
        case .failure(let failure):
            self = .end(.failed, output: nil, failure)
        case .deadLetter(let failure):
            self = .end(.deadLettered, output: nil, failure)
        case .success(let output):
            if let failure = entry.childFailure {
                self = .end(.failed, output: output, failure)
            } else if !entry.hadChildren {
                self = .end(.completed, output: output, nil)
            } else if request != nil {
                self = Self.cancelled(completion.end)
            } else {
                self = entry.openChildren.isEmpty ? .finalize(output: output) : .wait(output: output)
            }
        case .retry, .retryInPlace, .snooze, .release, .preempted:
            if request != nil {
                self = Self.cancelled(completion.end)
            } else if let failure = entry.childFailure {
                self = .end(.failed, output: nil, failure)
            } else {
                self = Self.again(completion.end)
            }
        }
    }

    private static func again(_ end: Completion.End) -> Verdict {
        switch end {
        case .retry(let start, let failure): .requeue(start, counting: failure)
        case .retryInPlace(let failure): .goOn(failure)
        case .snooze(let until): .requeue(until, counting: nil)
        case .preempted: .setAside
        default: .requeue(nil, counting: nil)
        }
    }

    private static func cancelled(_ end: Completion.End) -> Verdict {
        .end(.cancelled, output: nil, end.failure ?? JobFailure(.cancelled, "asked to stop while it ran"))
    }

    /// Whether the attempt has succeeded, and its effects are to be done with its record.
    var isSuccess: Bool {
        switch self {
        case .end(.completed, _, _), .wait, .finalize: true
        default: false
        }
    }

    /// What is kept with the attempt.
    func attemptFailure(_ end: Completion.End) -> JobFailure? {
        if case .snooze = end { return JobFailure(.snoozed, "") }
        if let failure = end.failure { return failure }
        if case .end(.cancelled, _, let failure) = self { return failure }
        return nil
    }
}

extension Completion {
    /// How long the next attempt has to wait, where the queue makes it.
    var retryDelay: Duration? {
        guard case .retry(let start, _) = end else { return nil }
        return max(start.since(endedAt), .zero)
    }
}

extension Completion.End {
    /// What went wrong, where something did.
    var failure: JobFailure? {
        switch self {
        case .success, .snooze: nil
        case .retry(_, let failure), .retryInPlace(let failure), .failure(let failure), .deadLetter(let failure),
            .cancelled(let failure), .release(let failure), .preempted(let failure):
            failure
        }
    }
}
