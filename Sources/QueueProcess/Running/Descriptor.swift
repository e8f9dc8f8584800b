import CProcess

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An open file descriptor that is closed together with its last owner.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    private static func open(_ path: String, _ flags: Int32) throws(ProgramError) -> Descriptor {
        // As in a shell, the mode is 0666 less the umask. A terminal must not become the worker's controlling terminal.
        let number = openFile(path, flags | O_CLOEXEC | O_NOCTTY, 0o666)
        guard number >= 0 else { throw failure("\(path) cannot be opened", errno) }
        return Descriptor(number)
    }

    static func failure(_ what: String, _ number: Int32) -> ProgramError {
        let code: ProgramError.Code =
            number == EMFILE || number == ENFILE || number == ENOMEM ? .exhausted : .stream
        return ProgramError(code, "\(what): \(text(of: number))", systemError: number)
    }

    static func text(of number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Opens a program's input.
    static func opening(_ input: ProgramInput) throws(ProgramError) -> Descriptor {
        switch input {
        case .nothing: try open("/dev/null", O_RDONLY)
        case .file(let path): try open(path, O_RDONLY)
        case .bytes(let bytes): try holding(bytes)
        }
    }

    /// Creates an unnamed file with the bytes.
    ///
    /// A pipe would have to be fed while the program runs, and this process would receive SIGPIPE if the program
    /// closed it.
    private static func holding(_ bytes: [UInt8]) throws(ProgramError) -> Descriptor {
        let number = cprocess_unnamed_file()
        guard number >= 0 else { throw failure("no file can be created for the input", errno) }
        let file = Descriptor(number)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("the input cannot be stored", errno) }
            rest = rest.dropFirst(count)
        }
        guard lseek(number, 0, SEEK_SET) == 0 else { throw failure("the input cannot be stored", errno) }
        return file
    }

    /// Opens the destination of a program's output and, if the output is captured, the end from which to read it.
    static func opening(_ output: ProgramOutput) throws(ProgramError) -> (write: Descriptor, read: Descriptor?) {
        switch output {
        case .discarded: return (try open("/dev/null", O_WRONLY), nil)
        case .file(let path): return (try open(path, O_WRONLY | O_CREAT | O_TRUNC), nil)
        case .appended(to: let path): return (try open(path, O_WRONLY | O_CREAT | O_APPEND), nil)
        case .first, .last:
            var ends: [Int32] = [-1, -1]
            let error = cprocess_pipe(&ends)
            guard error == 0 else { throw failure("no pipe can be created", error) }
            return (Descriptor(ends[1]), Descriptor(ends[0]))
        }
    }
}

/// The system's `open`, which a method of the same name hides.
private func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    open(path, flags, mode)
}
