public import QueueModel

/// The code that runs the jobs of one payload type.
///
///     struct MakeThumbnail: JobExecutor {
///         func execute(_ job: Thumbnail, in context: JobContext) async throws {
///             …
///         }
///     }
///
/// One executor value serves all jobs of its type, many of them at once. A job is executed at least once: after a
/// crash, a lost lease or a failed attempt it starts from the beginning.
///
/// The error that `execute` throws determines what happens to the job: see ``JobError``. After any other error the job
/// is retried according to its policy.
///
/// The output must be `Void` or `Codable`; other types are refused when the queue is created.
public protocol JobExecutor<Payload>: Sendable {
    /// The payload type.
    associatedtype Payload: Job
    /// The output type: `Void`, or a `Codable` type whose value is stored with the job.
    associatedtype Output: Sendable = Void

    /// The task executor on which the code runs; `nil`, the default, is Swift's cooperative pool, and costs nothing.
    ///
    /// Read once, when the executor is registered. All three methods run there, and so does the code that they await
    /// unless it belongs to an actor with an executor of its own. Each change of executor costs a hop, about 10 µs to
    /// another thread.
    var taskExecutor: (any TaskExecutor)? { get }

    /// Runs the job.
    ///
    /// Called on Swift's cooperative pool, outside of any actor, in a task of its own that is canceled if the job
    /// should stop; ``JobContext/cancellation`` is the reason. Code that blocks a thread belongs on threads of its own:
    /// see ``BlockingExecutor`` and ``taskExecutor``.
    @concurrent func execute(_ job: Payload, in context: JobContext) async throws -> Output

    /// Finishes a job that has spawned children, after `execute` has returned and all children have ended.
    ///
    /// The output of `execute` is passed in, and the returned output replaces it. This is an attempt of its own,
    /// retried by the same policy. ``JobContext/children(in:)`` returns the children and their ends. Children that
    /// finalizing spawns are waited for as well, and then it is called again.
    @concurrent func finalize(_ job: Payload, output: Output, in context: JobContext) async throws -> Output

    /// Cleans up after an attempt whose job was canceled.
    ///
    /// It is itself canceled after ``QueueConfiguration/cancelHookTimeLimit``.
    @concurrent func cancelled(_ job: Payload, in context: JobContext) async
}

extension JobExecutor {
    /// `nil`: Swift's cooperative pool.
    public var taskExecutor: (any TaskExecutor)? { nil }

    /// Returns the output unchanged.
    @concurrent public func finalize(_ job: Payload, output: Output, in context: JobContext) async throws -> Output {
        output
    }

    /// Does nothing.
    @concurrent public func cancelled(_ job: Payload, in context: JobContext) async {}
}
