public import QueueDispatch

/// An executor whose jobs are run by external programs.
///
///     struct Checksum: ProcessExecutor {
///         func program(for job: Check, in context: JobContext) -> ExternalProgram {
///             ExternalProgram("sha256sum", ["--", job.path])
///         }
///
///         func output(of result: ProgramResult, for job: Check, in context: JobContext) throws -> String {
///             String(result.output.text.prefix(64))
///         }
///     }
///
/// When a job must stop, its program and all processes that it started receive SIGTERM, and SIGKILL after the grace
/// period; see ``ExternalProgram/run(clock:)``. A worker that is killed itself cannot do this: its programs continue,
/// perhaps beside the next attempt.
public protocol ProcessExecutor<Payload>: JobExecutor {
    // Both are repeated here so that they can be inferred from the methods below.
    /// The payload type of the jobs.
    associatedtype Payload
    /// The value stored as a job's output: `Void` or a `Codable` type.
    associatedtype Output = Void

    /// Returns the program that runs a job.
    ///
    /// Called once per attempt. An error thrown here is treated like one thrown by ``JobExecutor/execute(_:in:)``.
    func program(for job: Payload, in context: JobContext) throws -> ExternalProgram

    /// Returns how a job continues after its program has exited; `nil` means success.
    ///
    /// The default is ``ProgramExit/usualDisposition``. Not called for a program that was asked to stop.
    func disposition(of exit: ProgramExit) -> JobError.Disposition?

    /// Returns the output of a job whose program succeeded.
    ///
    /// If this method throws, the attempt fails with that error.
    func output(of result: ProgramResult, for job: Payload, in context: JobContext) throws -> Output
}

extension ProcessExecutor {
    /// Returns ``ProgramExit/usualDisposition``.
    public func disposition(of exit: ProgramExit) -> JobError.Disposition? { exit.usualDisposition }

    /// Runs the program and measures its grace period on the queue's clock.
    @concurrent public func execute(_ job: Payload, in context: JobContext) async throws -> Output {
        let result = try await program(for: job, in: context).run(clock: context.clock)
        if let disposition = disposition(of: result.exit) { throw ProgramFailure(result, disposition) }
        return try output(of: result, for: job, in: context)
    }

    /// Stores no output.
    public func output(of result: ProgramResult, for job: Payload, in context: JobContext) throws {}
}
