public import QueueDispatch

/// The way a program ended.
public enum ProgramExit: Hashable, Sendable, CustomStringConvertible {
    /// It exited with a code, 0…255.
    case code(Int32)
    /// A signal terminated it.
    case signal(Int32)

    /// The usual way a job continues after this exit; `nil` means success.
    ///
    /// Code 0 is success. The codes 126 and 127, which shells and similar programs return if a program cannot be run
    /// or found, are permanent failures. All other codes, and signals, are retryable.
    public var usualDisposition: JobError.Disposition? {
        switch self {
        case .code(0): nil
        case .code(126), .code(127): .permanent
        case .code, .signal: .retryable()
        }
    }

    /// The code or signal in words.
    public var description: String {
        switch self {
        case .code(let code): "code \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}

/// The exit and the captured output of a program.
public struct ProgramResult: Hashable, Sendable {
    /// The way the program ended.
    public let exit: ProgramExit
    /// The captured part of its standard output.
    public let output: CapturedOutput
    /// The captured part of its standard error.
    public let errors: CapturedOutput

    /// Throws ``ProgramFailure`` unless the program exited with code 0.
    public func requireSuccess() throws(ProgramFailure) {
        if let disposition = exit.usualDisposition { throw ProgramFailure(self, disposition) }
    }
}

/// The captured part of a stream.
public struct CapturedOutput: Hashable, Sendable {
    /// The captured bytes, up to the requested number; empty if the stream was not captured.
    public let bytes: [UInt8]
    /// The total number of bytes that the program wrote; 0 if the stream was not captured.
    public let byteCount: Int

    /// Whether the program wrote more bytes than were captured.
    public var isCut: Bool { byteCount > bytes.count }

    /// The captured bytes decoded as UTF-8, with invalid sequences replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// An unsuccessful exit of a program.
public struct ProgramFailure: DisposingError, CustomStringConvertible {
    /// The program's result.
    public let result: ProgramResult
    /// The way the job continues.
    public let disposition: JobError.Disposition

    /// Creates the failure of a program.
    public init(_ result: ProgramResult, _ disposition: JobError.Disposition) {
        self.result = result
        self.disposition = disposition
    }

    /// The exit, and the end of the captured standard error: at most 8 lines and 1000 characters.
    public var description: String {
        let errors = result.errors.text
        let words = errors.split(whereSeparator: \.isNewline).suffix(8).joined(separator: "\n").suffix(1000)
        return "the program ended with \(result.exit)" + (words.isEmpty ? "" : ": \(words)")
    }
}
