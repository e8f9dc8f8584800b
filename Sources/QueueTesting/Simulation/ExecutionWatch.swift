import QueueDispatch
import QueueModel

/// Counts the executors that run in a process.
struct ExecutionWatch: ExecutionMiddleware {
    let process: SimulatedProcess

    @concurrent func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
        process.count(1)
        defer { process.count(-1) }
        return try await next()
    }
}

/// Adds the warnings and errors of the simulated queues to the simulation's log.
struct SimulationLogSink: LogSink {
    let process: SimulatedProcess
    let witness: Witness

    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard level >= .warning else { return }
        let text = message()
        witness.log(process.name) { "\(level): \(text)" }
    }
}
