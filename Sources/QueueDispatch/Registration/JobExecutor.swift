public import QueueModel

/// The code that does the jobs of one payload type.
///
///     struct MakeThumbnail: JobExecutor {
///         func execute(_ job: Thumbnail, in context: JobContext) async throws {
///             …
///         }
///     }
///
/// One executor value serves all jobs of its type, many of them at once. A job may be executed more than once (at least once,
/// rule L3): after a crash, a lost lease or a failed attempt it starts from the beginning.
///
/// What `execute` throws decides what becomes of the job: see ``JobError``. Any other error is retried as the job's policy says.
///
/// The output has to be `Void` or `Codable`; another type is refused when the queue is made.
public protocol JobExecutor<Payload>: Sendable {
    /// The payload that it takes.
    associatedtype Payload: Job
    /// What it returns: `Void`, or a `Codable` value that is stored with the job.
    associatedtype Output: Sendable = Void

    /// Where the executor's code runs; `nil`, the default, is Swift's cooperative pool, and costs nothing.
    ///
    /// Asked for once, when the executor is registered. All three methods run there, and so does the code that they await unless it
    /// belongs to an actor with an executor of its own. Each change of the executor costs a hop, some 10 µs to another thread.
    var taskExecutor: (any TaskExecutor)? { get }

    /// Does the job.
    ///
    /// Runs on Swift's cooperative pool, outside of any actor, in a task of its own that is cancelled if the job is to stop;
    /// ``JobContext/cancellation`` says why. Code that blocks a thread for long belongs on threads of its own: see
    /// ``BlockingExecutor`` and ``taskExecutor``.
    @concurrent func execute(_ job: Payload, in context: JobContext) async throws -> Output

    /// Does what is left after `execute` has returned and all children of the job have ended; called only for a job that had
    /// children. What `execute` returned is handed to it, and what it returns replaces that. It is an attempt of its own, retried by
    /// the same policy. ``JobContext/children(in:)`` has the children and their ends; a child that finalizing spawns is awaited
    /// as well, and then it is called again.
    @concurrent func finalize(_ job: Payload, output: Output, in context: JobContext) async throws -> Output

    /// Cleans up after an attempt that was cancelled for good. It has ``QueueConfiguration/cancelHookTimeLimit`` to do so, and is
    /// itself cancelled then.
    @concurrent func cancelled(_ job: Payload, in context: JobContext) async
}

extension JobExecutor {
    /// Swift's cooperative pool.
    public var taskExecutor: (any TaskExecutor)? { nil }

    /// Returns the output as it is.
    @concurrent public func finalize(_ job: Payload, output: Output, in context: JobContext) async throws -> Output {
        output
    }

    /// Does nothing.
    @concurrent public func cancelled(_ job: Payload, in context: JobContext) async {}
}
