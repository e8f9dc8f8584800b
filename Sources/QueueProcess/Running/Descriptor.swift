import CProcess

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An open file that is closed with its last owner.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    private static func open(_ path: String, _ flags: Int32) throws(ProgramError) -> Descriptor {
        // Like a shell's: what the umask leaves of 0666. A terminal must not become the worker's own.
        let number = openFile(path, flags | O_CLOEXEC | O_NOCTTY, 0o666)
        guard number >= 0 else { throw failure("\(path) can't be opened", errno) }
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

    /// What a program is to read.
    static func opening(_ input: ProgramInput) throws(ProgramError) -> Descriptor {
        switch input {
        case .nothing: try open("/dev/null", O_RDONLY)
        case .file(let path): try open(path, O_RDONLY)
        case .bytes(let bytes): try holding(bytes)
        }
    }

    /// A file without a name that has the bytes.
    ///
    /// A pipe would have to be fed while the program runs, and one that the program closes would send this process a SIGPIPE.
    private static func holding(_ bytes: [UInt8]) throws(ProgramError) -> Descriptor {
        let number = cprocess_unnamed_file()
        guard number >= 0 else { throw failure("there is no file for the input", errno) }
        let file = Descriptor(number)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("the input can't be stored", errno) }
            rest = rest.dropFirst(count)
        }
        guard lseek(number, 0, SEEK_SET) == 0 else { throw failure("the input can't be stored", errno) }
        return file
    }

    /// Where a program is to write, and where that is to be read, if it is.
    static func opening(_ output: ProgramOutput) throws(ProgramError) -> (write: Descriptor, read: Descriptor?) {
        switch output {
        case .discarded: return (try open("/dev/null", O_WRONLY), nil)
        case .file(let path): return (try open(path, O_WRONLY | O_CREAT | O_TRUNC), nil)
        case .appended(to: let path): return (try open(path, O_WRONLY | O_CREAT | O_APPEND), nil)
        case .first, .last:
            var ends: [Int32] = [-1, -1]
            let error = cprocess_pipe(&ends)
            guard error == 0 else { throw failure("there is no pipe", error) }
            return (Descriptor(ends[1]), Descriptor(ends[0]))
        }
    }
}

/// The system's `open`, which a method named like it hides.
private func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    open(path, flags, mode)
}
