public import QueueModel

/// A bound on how long attempts take, whatever their submissions allow: the shorter of this limit and the job's own
/// applies.
///
/// ``JobOptions/timeout``, in contrast, is a default that a submission can raise.
public struct TimeLimitMiddleware: ExecutionMiddleware {
    /// The longest time an attempt may take, after which it counts as timed out.
    public let limit: Duration

    /// Creates the middleware.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for a limit that is not above zero.
    public init(_ limit: Duration) throws(QueueError) {
        guard limit > .zero else {
            throw QueueError(.invalidOption, "the time limit of executions is \(limit), it must be above zero")
        }
        self.limit = limit
    }

    /// Limits the attempt and runs it.
    @concurrent public func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
        if context.timeLeft.map({ limit < $0 }) ?? true { context.setTimeLimit(limit) }
        return try await next()
    }
}
