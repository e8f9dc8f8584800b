import QueueModel

/// What an end of an attempt means for its job, decided from values alone.
enum Verdict {
    /// The job ends.
    case end(StoredState, output: [UInt8]?, JobFailure?)
    /// The job waits for its children.
    case wait(output: [UInt8]?)
    /// The job's children have all ended before it did, and it is pending again to finalize.
    case finalize(output: [UInt8]?)
    /// The job goes back to its place in the order, with a new earliest start if one is given.
    case requeue(Timestamp?, counting: JobFailure?)
    /// The job is paused until no more urgent one is left.
    case setAside
    /// The worker goes on with the next attempt.
    case goOn(JobFailure)

    /// Decides.
    ///
    /// A cancel request from before the end wins over all (rule E6); one that came later only over what would keep the
    /// job alive.
    init(of completion: Completion, for head: JobHead) {
        if let request = head.cancelRequestedAt, request < completion.endedAt.milliseconds {
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
            if let failure = head.childFailure {
                self = .end(.failed, output: output, JobFailure(.relatedJob, failure))
            } else if !head.flags.contains(.hasChildren) {
                self = .end(.completed, output: output, nil)
            } else if head.cancelRequestedAt != nil {
                self = Self.cancelled(completion.end)
            } else {
                self = head.openChildren > 0 ? .wait(output: output) : .finalize(output: output)
            }
        case .retry, .retryInPlace, .snooze, .release, .preempted:
            if head.cancelRequestedAt != nil {
                self = Self.cancelled(completion.end)
            } else if let failure = head.childFailure {
                self = .end(.failed, output: nil, JobFailure(.relatedJob, failure))
            } else {
                self = Self.again(completion.end)
            }
        }
    }

    private static func again(_ end: Completion.End) -> Verdict {
        switch end {
        case .retry(let start, let failure):
            .requeue(start, counting: failure)
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

extension Completion {
    /// The delay of the next attempt, where it was the policy's.
    var retryDelay: Duration? {
        guard case .retry(let start, _) = end else { return nil }
        return max(start.since(endedAt), .zero)
    }
}
