/// An external program and how to run it: an argument vector, never a shell command.
///
///     let sum = try await ExternalProgram("sha256sum", ["--", path]).run()
///
/// The program receives the descriptors 0, 1, and 2 and no others of this process. No signal is blocked. Of the usual
/// signals, only SIGHUP stays ignored if this process ignores it. The program leads a process group of its own, so
/// that the processes it starts are stopped with it.
public struct ExternalProgram: Hashable, Sendable {
    /// The program: a path if it contains a slash, otherwise a name that is searched in the `PATH` of ``environment``.
    ///
    /// A relative path is relative to the directory of this process, not to ``directory``.
    public var executable: String
    /// The arguments after the program's own name, passed on unchanged.
    ///
    /// Arguments may be empty but must not contain a NUL.
    public var arguments: [String]
    /// The program's environment.
    ///
    /// The default is ``ProgramEnvironment/minimal``, which contains none of this process's secrets.
    public var environment: ProgramEnvironment
    /// The directory in which the program starts; `nil`, the default, means the directory of this process.
    public var directory: String?
    /// The program's standard input; empty by default.
    public var input: ProgramInput
    /// The destination of the standard output; by default, its first 64 KiB are captured.
    public var output: ProgramOutput
    /// The destination of the standard error; by default, its last 4 KiB are captured for the failure message.
    public var errors: ProgramOutput
    /// The time between the request to stop (SIGTERM) and the kill (SIGKILL); 10 s by default.
    ///
    /// With zero or less, the program is killed immediately.
    public var gracePeriod: Duration

    /// Creates a program with default settings, which you can change afterwards.
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

    /// Runs the program and waits until it ends, without blocking one of Swift's threads.
    ///
    /// If the task is cancelled, the program's process group receives SIGTERM, and SIGKILL after the ``gracePeriod``.
    /// The call returns when the program has ended and has been reaped. Processes that it started and left in its
    /// group are killed then; after a cancellation, they first have the rest of the grace period. Processes that have
    /// left the group (daemons) are not stopped, and nothing is stopped if this process is killed.
    ///
    /// - Parameter clock: The clock that measures the grace period.
    /// - Returns: The result, whatever the exit code; see ``ProgramResult/requireSuccess()``.
    /// - Throws: ``ProgramError`` if the program could not be started or watched; `CancellationError` if it was asked
    ///   to stop before it had ended.
    @concurrent public func run(clock: any Clock<Duration> = ContinuousClock()) async throws -> ProgramResult {
        try validate()
        return try await RunningProgram(self, clock: clock).run()
    }

    /// Checks the settings.
    ///
    /// - Throws: ``ProgramError/Code/invalid`` for settings that cannot be passed to any program: a NUL, an empty
    ///   name, or a negative capacity.
    public func validate() throws(ProgramError) {
        if executable.isEmpty { throw ProgramError(.invalid, "the program has no name") }
        let texts = [executable] + arguments + [directory, input.path, output.path, errors.path].compactMap { $0 }
        for text in texts where text.utf8.contains(0) {
            throw ProgramError(.invalid, "the settings of \(Self.printable(executable)) contain a NUL")
        }
        if directory?.isEmpty == true { throw ProgramError(.invalid, "the directory of \(executable) has no name") }
        for stream in [output, errors] where (stream.capacity ?? 0) < 0 {
            throw ProgramError(.invalid, "the capacity for the output of \(executable) is negative")
        }
        try environment.validate()
    }

    private static func printable(_ text: String) -> String {
        String(text.prefix { $0 != "\0" })
    }
}
