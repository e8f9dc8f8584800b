public import QueueModel
import QueueStoreKit

/// What an executor has at hand while it does a job (rule E1).
public struct JobContext: Sendable {
    let execution: Execution
    /// The queue that runs the job, for submitting to any domain, and for looking.
    public let queue: JobQueue
    /// The number of this attempt, from 1.
    public let attempt: Int

    init(execution: Execution, queue: JobQueue) {
        self.execution = execution
        self.queue = queue
        attempt = execution.attempt
    }

    var core: QueueCore { queue.core }

    /// The job as it was when it was claimed.
    public var job: JobRecord { execution.job }
    /// The job's number.
    public var id: JobID { execution.job.id }

    /// Why the job is to stop; `nil` while it is not.
    ///
    /// The task is cancelled as well, so that what it awaits ends.
    public var cancellation: CancellationReason? { execution.cancellation }

    /// Throws `CancellationError` if the job is to stop.
    public func checkCancellation() throws {
        if cancellation != nil { throw CancellationError() }
    }

    /// How long the present attempt may still take, at least zero; `nil` if it has no time limit (rule E3).
    public var timeLeft: Duration? { execution.deadline.map { max($0 - core.ticker.now(), .zero) } }

    /// Lets the present attempt go on for so long from now, in place of the job's own time limit, or of one that was set before.
    ///
    /// When the time is up the attempt is asked to stop, and counts as timed out (rule E3). It does not count for later attempts, and
    /// changes nothing when the attempt has ended.
    ///
    /// - Parameter limit: The time from now; what is not above zero has passed at once, `nil`: without a limit.
    public func setTimeLimit(_ limit: Duration?) {
        let isFirst = execution.setDeadline(limit.map { core.ticker.now() + $0 }, in: attempt)
        if limit != nil { core.worker?.heedLimit(of: execution, isFirst: isFirst) }
    }

    /// The value of a type that was given to the job's domain, else to the queue.
    public func state<State: Sendable>(_ type: State.Type) -> State? {
        execution.executor.states[ObjectIdentifier(type)] as? State
    }

    /// What time it is for the queue.
    public var now: Timestamp { core.now }
    /// What the queue waits on.
    public var clock: any Clock<Duration> { queue.configuration.clock }

    /// Writes a line to the queue's log, with the job's id.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        queue.configuration.log.log(level, "\(id) \(job.type): \(message())")
    }

    // MARK: Checkpoints

    /// Saves a value for the next attempt at the job, in place of an earlier one.
    ///
    /// It is committed when the call returns.
    ///
    /// - Throws: ``QueueError/Code/checkpointTooLarge`` for more than ``QueueConfiguration/checkpointBytes``;
    ///   ``QueueError/Code/leaseLost`` if another worker has the job, or this attempt has been followed by another or by the job's end; what the
    ///   coder throws. Then the checkpoint before it is kept.
    public func save(checkpoint value: some Encodable) async throws {
        let bytes = try queue.configuration.coder.encode(value)
        let limit = queue.configuration.checkpointBytes
        guard bytes.count <= limit else {
            throw QueueError(
                .checkpointTooLarge, "the checkpoint has \(bytes.count) bytes, the limit is \(limit)", jobs: [id])
        }
        // Until the attempts before are recorded, this one is not the job's present attempt for the store.
        _ = await execution.settled(downTo: 0)
        try await queue.store.saveCheckpoint(bytes, of: id, attempt: attempt)
        execution.saved(checkpoint: bytes)
    }

    /// The value that this or an earlier attempt saved; `nil` if none did.
    public func checkpoint<Value: Decodable>(as type: Value.Type) throws -> Value? {
        guard let bytes = execution.checkpoint else { return nil }
        return try queue.configuration.coder.decode(type, from: bytes)
    }

    // MARK: For the registration

    var coder: any PayloadCoder { queue.configuration.coder }

    func decodePayload<Payload: Job>(as type: Payload.Type) throws -> Payload {
        try Payload.decodeStored(job.payload, version: job.payloadVersion, with: coder)
    }
}
