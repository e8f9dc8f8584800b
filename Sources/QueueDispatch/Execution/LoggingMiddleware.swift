public import QueueModel
import QueueStoreKit

/// Writes a line to the queue's log for each attempt that ends, with its number and how long it took.
///
/// Lines have the job's id and type, as those of ``JobContext/log(_:_:)``. They tell what the executor did, not what was stored: that is
/// told by events and metrics.
public struct LoggingMiddleware: ExecutionMiddleware {
    /// The level of attempts that return.
    public let level: LogLevel
    /// The level of attempts that throw.
    public let failureLevel: LogLevel

    /// Makes it; by default attempts that return are told at `info`, and those that throw at `warning`.
    public init(level: LogLevel = .info, failureLevel: LogLevel = .warning) {
        self.level = level
        self.failureLevel = failureLevel
    }

    /// Runs the attempt, and writes the line.
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
