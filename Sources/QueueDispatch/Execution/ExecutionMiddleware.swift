/// Code around every execution: what logs, measures, traces, limits or refuses the jobs of a queue or of a domain.
///
///     struct Tracing: ExecutionMiddleware {
///         func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
///             try await Trace.$job.withValue(context.id) { try await next() }
///         }
///     }
///
/// It is called for each attempt, also for those that follow without going back to the queue and for finalizing
/// (``JobRecord/phase`` says which), in the job's own task. Those of ``QueueConfiguration/middleware`` come first, in their order, then
/// those of the job's domain, then the executor: the first one is outermost. It is not called for an attempt that was to stop before it
/// began, nor around ``JobExecutor/cancelled(_:in:)``. Where there is none it costs nothing.
///
/// What it throws counts as thrown by the executor, so an error in place of the executor's changes what becomes of the job, and one
/// that is thrown before `next()` refuses the attempt. It can't make a failed attempt succeed: an ``ExecutionOutput`` comes only
/// from `next()`. A payload that can't be decoded is an error of `next()`.
public protocol ExecutionMiddleware: Sendable {
    /// Does what comes before, calls `next()`, does what comes after, and hands on what `next()` returned.
    ///
    /// A job that is to stop has its task cancelled, as for executors; what `next()` throws then is thrown on.
    @concurrent func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput
}

/// What a middleware surrounds: the middleware after it, and in the end the executor.
public struct NextExecution: Sendable {
    let context: JobContext
    let body: ExecutorRegistration.Body
    let middleware: ArraySlice<any ExecutionMiddleware>

    /// Runs it, and returns what it returned.
    ///
    /// Calling it again executes the job again, as part of the same attempt.
    @concurrent public func callAsFunction() async throws -> ExecutionOutput {
        guard let first = middleware.first else { return ExecutionOutput(bytes: try await body.run(context)) }
        return try await first.around(
            context, next: NextExecution(context: context, body: body, middleware: middleware.dropFirst()))
    }
}

/// What an executor returned, on its way through the middleware.
public struct ExecutionOutput: Sendable {
    /// The output as it is going to be stored with the job, encoded; `nil` if there is none.
    public let bytes: [UInt8]?
}
