public import QueueDispatch

/// An executor whose jobs are done by external programs.
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
/// When a job is to stop, its program and what that started are asked to (SIGTERM) and after the grace period killed; see
/// ``ExternalProgram/run(clock:)``. A worker that is killed itself can't do that: its programs go on by themselves, perhaps beside
/// the next attempt.
public protocol ProcessExecutor<Payload>: JobExecutor {
    // Both are said again so that they can be inferred from the methods below.
    /// The payload that it takes.
    associatedtype Payload
    /// What is stored of a job's program: `Void`, or a `Codable` value.
    associatedtype Output = Void

    /// The program that does the job.
    ///
    /// Called for each attempt. What it throws counts as what ``JobExecutor/execute(_:in:)`` throws.
    func program(for job: Payload, in context: JobContext) throws -> ExternalProgram

    /// What becomes of a job whose program ended so; `nil` is success.
    ///
    /// Default: ``ProgramExit/usualDisposition``. Not asked for a program that was asked to stop.
    func disposition(of exit: ProgramExit) -> FailureDisposition?

    /// What is stored of a job whose program succeeded; what it throws makes it a failure after all.
    func output(of result: ProgramResult, for job: Payload, in context: JobContext) throws -> Output
}

extension ProcessExecutor {
    /// What is usual.
    public func disposition(of exit: ProgramExit) -> FailureDisposition? { exit.usualDisposition }

    /// Runs the program, with the grace period on the queue's clock.
    @concurrent public func execute(_ job: Payload, in context: JobContext) async throws -> Output {
        let result = try await program(for: job, in: context).run(clock: context.clock)
        if let disposition = disposition(of: result.exit) { throw ProgramFailure(result, disposition) }
        return try output(of: result, for: job, in: context)
    }

    /// Nothing: `Output` is `Void`.
    public func output(of result: ProgramResult, for job: Payload, in context: JobContext) throws {}
}
