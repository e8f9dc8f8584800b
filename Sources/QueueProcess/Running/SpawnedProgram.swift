import CProcess

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that has just been started: its process, and the ends of the pipes from which to read its output.
struct SpawnedProgram: Sendable {
    let pid: pid_t
    let output: Descriptor?
    let errors: Descriptor?

    /// Starts a program.
    ///
    /// Blocks while the files are opened.
    init(_ program: ExternalProgram) throws(ProgramError) {
        let variables = program.environment.variables(of: ProgramEnvironment.ofThisProcess())
        let path = ProgramSearch.absolute(try ProgramSearch(path: variables["PATH"]).find(program.executable))
        if let directory = program.directory, !ProgramSearch.isDirectory(directory) {
            throw ProgramError(.noDirectory, "\(directory) is not a directory")
        }
        let input = try Descriptor.opening(program.input)
        let output = try Descriptor.opening(program.output)
        let errors = try Descriptor.opening(program.errors)
        var pid = pid_t()
        let code = Self.withVector([program.executable] + program.arguments) { arguments in
            Self.withVector(variables.map { "\($0)=\($1)" }) { environment in
                // The program's ends stay open until it has them.
                withExtendedLifetime((input, output, errors)) {
                    cprocess_spawn(
                        &pid, path, arguments, environment, program.directory, input.number, output.write.number,
                        errors.write.number)
                }
            }
        }
        guard code == 0 else { throw Self.failure(of: path, code) }
        self.pid = pid
        self.output = output.read
        self.errors = errors.read
    }

    private static func failure(of path: String, _ number: Int32) -> ProgramError {
        let (code, what): (ProgramError.Code, String) =
            switch number {
            case ENOENT: (.notFound, "\(path) or its interpreter does not exist")
            case EACCES, ENOEXEC, EISDIR, EINVAL: (.notExecutable, "\(path) cannot be run")
            case E2BIG: (.invalid, "the arguments and variables of \(path) are too long")
            case EAGAIN, ENOMEM, EMFILE, ENFILE: (.exhausted, "there is no room for another process")
            default: (.notStarted, "\(path) cannot be started")
            }
        return ProgramError(code, "\(what): \(Descriptor.text(of: number))", systemError: number)
    }

    /// Calls a function with the strings as C expects them: an array of pointers with a null pointer at the end.
    private static func withVector<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for string in strings {
            starts.append(bytes.count)
            bytes += string.utf8CString
        }
        return bytes.withUnsafeMutableBufferPointer { buffer in
            // The array is passed as a pointer to its elements; there is at least the final null pointer.
            body(starts.map { buffer.baseAddress?.advanced(by: $0) } + [nil])
        }
    }
}
