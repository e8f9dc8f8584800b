public import QueueModel

/// The facts about a job that decide what the end of an attempt means for it.
public struct FinishFacts: Hashable, Sendable {
    /// Whether the job is running.
    public var isRunning: Bool
    /// The number of its latest attempt.
    public var attempt: Int
    /// The worker that runs it.
    public var worker: WorkerID?
    /// The instant at which it was asked to stop, if it was.
    public var cancelRequestedAt: Timestamp?
    /// The failure of a child that the job has to fail with, if there is one.
    public var childFailure: JobFailure?
    /// Whether it had children since it began to execute or, the last time, to finalize.
    public var hadChildren: Bool
    /// The number of its children that have not ended.
    public var openChildren: Int

    /// Creates the facts about a job.
    public init(
        isRunning: Bool, attempt: Int, worker: WorkerID?, cancelRequestedAt: Timestamp? = nil,
        childFailure: JobFailure? = nil, hadChildren: Bool = false, openChildren: Int = 0
    ) {
        self.isRunning = isRunning
        self.attempt = attempt
        self.worker = worker
        self.cancelRequestedAt = cancelRequestedAt
        self.childFailure = childFailure
        self.hadChildren = hadChildren
        self.openChildren = openChildren
    }
}

/// The decision what the end of an attempt means for its job, made from values alone.
///
/// Every store must decide by this value, however it then changes its rows. The facts count in this order:
///
/// 1. An end of any other attempt than the job's current one, or of another worker, is stale.
/// 2. A cancel request from before the end cancels the job, even if the attempt succeeded.
/// 3. A failure, a dead letter and a cancellation end the job accordingly.
/// 4. A success fails with a child's failure. Otherwise it completes a job without children. A job with children is
///    cancelled if it was asked to stop; else it waits for those that are open, or is pending again to finalize.
/// 5. Everything that would keep the job alive (a retry, a snooze, a release, a preemption) gives way to a cancel
///    request, whenever it came, and then to a child's failure.
public enum FinishDecision: Hashable, Sendable {
    /// The attempt is not the job's current one: nothing changes.
    case stale
    /// The job ends in a terminal state.
    case end(JobState, output: [UInt8]?, JobFailure?)
    /// The job waits for its children.
    case wait(output: [UInt8]?)
    /// The job's children have all ended before it did, and it is pending again to finalize.
    case finalize(output: [UInt8]?)
    /// The job goes back to its place in the order, with a new earliest start if one is given. A failure counts as
    /// a retry.
    case requeue(Timestamp?, counting: JobFailure?)
    /// The job is set aside until no more urgent one needs its slot.
    case preempt
    /// The worker goes on with the next attempt. The failure counts as a retry.
    case retryInPlace(JobFailure)

    /// Decides what a completion means for a job.
    public init(of completion: Completion, for job: FinishFacts) {
        guard job.isRunning, job.attempt == completion.attempt, job.worker == completion.worker else {
            self = .stale
            return
        }
        if let request = job.cancelRequestedAt, request < completion.endedAt {
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
            if let failure = job.childFailure {
                self = .end(.failed, output: output, failure)
            } else if !job.hadChildren {
                self = .end(.completed, output: output, nil)
            } else if job.cancelRequestedAt != nil {
                self = Self.cancelled(completion.end)
            } else {
                self = job.openChildren > 0 ? .wait(output: output) : .finalize(output: output)
            }
        case .retry, .retryInPlace, .snooze, .release, .preempted:
            self = Self.goingOn(completion.end, job)
        }
    }

    /// Decides what happens to a running job whose worker died or gives it back.
    ///
    /// It goes back to its place in the order, unless it was asked to stop or a child has failed it.
    ///
    /// - Parameters:
    ///   - failure: The reason why the attempt ended.
    ///   - job: The facts about the job.
    public static func interrupting(with failure: JobFailure, for job: FinishFacts) -> FinishDecision {
        goingOn(.release(failure), job)
    }

    private static func goingOn(_ end: Completion.End, _ job: FinishFacts) -> FinishDecision {
        if job.cancelRequestedAt != nil { return cancelled(end) }
        if let failure = job.childFailure { return .end(.failed, output: nil, failure) }
        switch end {
        case .retry(let start, let failure): return .requeue(start, counting: failure)
        case .retryInPlace(let failure): return .retryInPlace(failure)
        case .snooze(let until): return .requeue(until, counting: nil)
        case .preempted: return .preempt
        default: return .requeue(nil, counting: nil)
        }
    }

    private static func cancelled(_ end: Completion.End) -> FinishDecision {
        .end(.cancelled, output: nil, end.failure ?? JobFailure(.cancelled, "asked to stop while it ran"))
    }
}

extension FinishDecision {
    /// The job's state once the decision is recorded; `nil` if nothing is.
    public var state: JobState? {
        switch self {
        case .stale: nil
        case .end(let state, output: _, _): state
        case .wait: .waiting
        case .finalize, .requeue: .pending
        case .preempt: .preempted
        case .retryInPlace: .running
        }
    }

    /// Whether the attempt has succeeded, so that its effects are performed in the transaction that records it.
    public var performsEffects: Bool {
        switch self {
        case .end(.completed, output: _, _), .wait, .finalize: true
        case .stale, .end, .requeue, .preempt, .retryInPlace: false
        }
    }

    /// Returns the failure that is stored with the attempt.
    ///
    /// - Parameter end: The end that was decided on.
    public func attemptFailure(_ end: Completion.End) -> JobFailure? {
        if case .snooze = end { return JobFailure(.snoozed, "") }
        if let failure = end.failure { return failure }
        if case .end(.cancelled, output: _, let failure) = self { return failure }
        return nil
    }
}
