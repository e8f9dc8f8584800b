public import QueueModel
import QueueStoreKit

/// A middleware that writes one log line per ended attempt, with its number and how long it took.
///
/// Lines have the job's id and type, as those of ``JobContext/log(_:_:)``. They describe what the executor did; events
/// and metrics describe what was stored.
public struct LoggingMiddleware: ExecutionMiddleware {
    /// The level of attempts that return.
    public let level: LogLevel
    /// The level of attempts that throw.
    public let failureLevel: LogLevel

    /// Creates the middleware; by default attempts that return are logged at `info`, and those that throw at `warning`.
    public init(level: LogLevel = .info, failureLevel: LogLevel = .warning) {
        self.level = level
        self.failureLevel = failureLevel
    }

    /// Runs the attempt and writes the line.
    @concurrent public func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
        let start = context.core.ticker.now()
        let attempt = context.attempt
        do {
            let output = try await next()
            context.log(level, "attempt \(attempt) took \(context.core.ticker.now() - start)")
            return output
        } catch {
            let stop = context.cancellation.map { " (\($0))" } ?? ""
            context.log(
                failureLevel, "attempt \(attempt) failed after \(context.core.ticker.now() - start)\(stop): \(error)")
            throw error
        }
    }
}
