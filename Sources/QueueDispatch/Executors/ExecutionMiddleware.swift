/// Code around every execution that logs, measures, traces, limits or refuses the jobs of a queue or of a domain.
///
///     struct Tracing: ExecutionMiddleware {
///         func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
///             try await Trace.$job.withValue(context.id) { try await next() }
///         }
///     }
///
/// It is called for each attempt in the job's own task, including retries in place and finalizing (``JobRecord/phase``
/// distinguishes them). The middleware of ``QueueConfiguration/middleware`` comes first, in order, then that of the
/// job's domain, then the executor: the first one is outermost. It is not called for an attempt that was asked to stop
/// before it began, nor around ``JobExecutor/cancelled(_:in:)``. Without middleware there is no cost.
///
/// An error that it throws counts as thrown by the executor: replacing the executor's error changes what happens to the
/// job, and throwing before `next()` refuses the attempt. It can't make a failed attempt succeed, since only `next()`
/// returns an ``ExecutionOutput``. `next()` also throws if the payload can't be decoded.
public protocol ExecutionMiddleware: Sendable {
    /// Surrounds an attempt: calls `next()` and returns its output.
    ///
    /// If the job is asked to stop, its task is canceled, as for executors; rethrow what `next()` throws then.
    @concurrent func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput
}

/// The code that a middleware surrounds: the middleware after it, and finally the executor.
public struct NextExecution: Sendable {
    let context: JobContext
    let body: ExecutorRegistration.Body
    let middleware: ArraySlice<any ExecutionMiddleware>

    /// Runs the surrounded code and returns its output.
    ///
    /// A second call executes the job again, as part of the same attempt.
    @concurrent public func callAsFunction() async throws -> ExecutionOutput {
        guard let first = middleware.first else { return ExecutionOutput(bytes: try await body.run(context)) }
        return try await first.around(
            context, next: NextExecution(context: context, body: body, middleware: middleware.dropFirst()))
    }
}

/// An executor's output on its way through the middleware.
public struct ExecutionOutput: Sendable {
    /// The encoded output as it will be stored with the job; `nil` if there is none.
    public let bytes: [UInt8]?
}
