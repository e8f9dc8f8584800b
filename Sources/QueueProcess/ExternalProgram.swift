/// A program of the system's and how to run it: an argument vector, never a line for a shell.
///
///     let sum = try await ExternalProgram("sha256sum", ["--", path]).run()
///
/// It gets three descriptors, 0, 1 and 2, and none of this process's others. No signal is blocked, and none of the usual ones but
/// SIGHUP is ignored because this process ignores it. It leads a process group of its own, so that what it starts is stopped with it.
public struct ExternalProgram: Hashable, Sendable {
    /// The program: a path if there is a slash in it, else a name that is looked up in the `PATH` of ``environment``.
    ///
    /// A relative path is relative to the directory of this process, not to ``directory``.
    public var executable: String
    /// The arguments after the program's own name, as the program gets them; empty ones too, but none with a NUL.
    public var arguments: [String]
    /// The program's environment; default ``ProgramEnvironment/minimal``, which has none of this process's secrets.
    public var environment: ProgramEnvironment
    /// Where the program starts; `nil`, the default, is the directory of this process.
    public var directory: String?
    /// What the program reads; default: nothing.
    public var input: ProgramInput
    /// What becomes of the standard output; default: its first 64 KiB are captured.
    public var output: ProgramOutput
    /// What becomes of the standard error; default: its last 4 KiB are captured, and explain a failure.
    public var errors: ProgramOutput
    /// How long the program may go on after it was asked to stop (SIGTERM) before it is killed (SIGKILL); default 10 s.
    ///
    /// Zero or less kills at once.
    public var gracePeriod: Duration

    /// Makes a program with the defaults, which can be changed afterwards.
    public init(_ executable: String, _ arguments: [String] = []) {
        self.executable = executable
        self.arguments = arguments
        environment = .minimal
        directory = nil
        input = .nothing
        output = .first(bytes: 64 << 10)
        errors = .last(bytes: 4 << 10)
        gracePeriod = .seconds(10)
    }

    /// Runs the program and waits for its end, without holding a thread.
    ///
    /// When the task is cancelled the program's group is sent SIGTERM, and after the ``gracePeriod`` SIGKILL. The call returns when
    /// the program has ended and was reaped. What it started and left in its group is killed then; after a cancellation it has the
    /// rest of the grace period first. A process that has left the group (a daemon) is not reached, and neither is anything if this
    /// process is killed.
    ///
    /// - Parameter clock: What the grace period is waited on.
    /// - Returns: How it ended, whatever the exit code; see ``ProgramResult/requireSuccess()``.
    /// - Throws: ``ProgramError`` if it could not be started or watched; `CancellationError` if it was asked to stop before it had ended.
    @concurrent public func run(clock: any Clock<Duration> = ContinuousClock()) async throws -> ProgramResult {
        try validate()
        return try await RunningProgram(self, clock: clock).run()
    }

    /// Throws ``ProgramError/Code/invalid`` for what no program can be given.
    public func validate() throws(ProgramError) {
        if executable.isEmpty { throw ProgramError(.invalid, "the program has no name") }
        let texts = [executable] + arguments + [directory, input.path, output.path, errors.path].compactMap { $0 }
        for text in texts where text.utf8.contains(0) {
            throw ProgramError(.invalid, "a NUL stands in what \(Self.printable(executable)) is to be given")
        }
        if directory?.isEmpty == true { throw ProgramError(.invalid, "the directory of \(executable) has no name") }
        for stream in [output, errors] where (stream.capacity ?? 0) < 0 {
            throw ProgramError(.invalid, "less than nothing of \(executable)'s output is to be captured")
        }
        try environment.validate()
    }

    private static func printable(_ text: String) -> String {
        String(text.prefix { $0 != "\0" })
    }
}
