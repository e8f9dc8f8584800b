public import QueueModel
import QueueStoreKit

/// Access to a job, its attempt and its queue while an executor runs it.
public struct JobContext: Sendable {
    let execution: Execution
    /// The queue that runs the job.
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
    /// The job's id.
    public var id: JobID { execution.job.id }

    /// The reason for which the job should stop; `nil` while it should not.
    ///
    /// The task is canceled as well, so that calls that it awaits end.
    public var cancellation: JobContext.CancellationReason? { execution.cancellation }

    /// Throws `CancellationError` if the job should stop.
    public func checkCancellation() throws {
        if cancellation != nil { throw CancellationError() }
    }

    /// The time that is left to the present attempt, at least zero; `nil` if it has no time limit.
    public var timeLeft: Duration? { execution.deadline.map { max($0 - core.ticker.now(), .zero) } }

    /// Sets the time limit of the present attempt, in place of the job's own or of one that was set before.
    ///
    /// When the time is up the attempt is asked to stop, and counts as timed out. The limit does not apply to later
    /// attempts, and has no effect after the attempt has ended.
    ///
    /// - Parameter limit: The time from now; zero or less times out at once, `nil`: no limit.
    public func setTimeLimit(_ limit: Duration?) {
        let isFirst = execution.setDeadline(limit.map { core.ticker.now() + $0 }, in: attempt)
        if limit != nil { core.worker?.heedLimit(of: execution, isFirst: isFirst) }
    }

    /// Returns the value of a type that the job's domain, or else the queue, was given.
    public func state<State: Sendable>(_ type: State.Type) -> State? {
        execution.executor.states[ObjectIdentifier(type)] as? State
    }

    /// The present instant on the queue's wall clock.
    public var now: Timestamp { core.now }
    /// The clock that the queue waits on.
    public var clock: any Clock<Duration> { queue.configuration.clock }

    /// Writes a line to the queue's log, with the job's id.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        queue.configuration.log.log(level, "\(id) \(job.type): \(message())")
    }

    // MARK: Checkpoints

    /// Saves a checkpoint for the next attempt at the job, in place of an earlier one.
    ///
    /// It is committed when the call returns.
    ///
    /// - Throws: ``QueueError/Code/checkpointTooLarge`` for more than ``QueueConfiguration/checkpointBytes``;
    ///   ``QueueError/Code/leaseLost`` if another worker has the job, or if this attempt or the job has ended; the
    ///   coder's errors. Then the previous checkpoint is kept.
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

    /// Returns the checkpoint that this or an earlier attempt saved; `nil` if there is none.
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
