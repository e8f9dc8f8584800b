public import QueueDispatch

/// How a program ended.
public enum ProgramExit: Hashable, Sendable, CustomStringConvertible {
    /// It ended by itself, with a code, 0…255.
    case code(Int32)
    /// A signal ended it.
    case signal(Int32)

    /// What usually becomes of a job whose program ended so; `nil` is success.
    ///
    /// 0 is success; 126 and 127, by which shells and their kin say that a program can't be run or found, are permanent; all others, and
    /// signals, are retryable.
    public var usualDisposition: FailureDisposition? {
        switch self {
        case .code(0): nil
        case .code(126), .code(127): .permanent
        case .code, .signal: .retryable()
        }
    }

    /// The code or signal, for a person.
    public var description: String {
        switch self {
        case .code(let code): "code \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}

/// What a program left.
public struct ProgramResult: Hashable, Sendable {
    /// How it ended.
    public let exit: ProgramExit
    /// What was captured of its standard output.
    public let output: CapturedOutput
    /// What was captured of its standard error.
    public let errors: CapturedOutput

    /// Throws ``ProgramFailure`` unless the program ended with code 0.
    public func requireSuccess() throws(ProgramFailure) {
        if let disposition = exit.usualDisposition { throw ProgramFailure(self, disposition) }
    }
}

/// What was captured of a stream.
public struct CapturedOutput: Hashable, Sendable {
    /// The captured bytes, as many as were asked for; none if the stream was not captured.
    public let bytes: [UInt8]
    /// How many bytes the program wrote altogether; 0 if the stream was not captured.
    public let byteCount: Int

    /// Whether there was more than was to be captured.
    public var isCut: Bool { byteCount > bytes.count }

    /// The captured bytes as UTF-8, with what is none replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A program ended in a way that is no success.
public struct ProgramFailure: DisposingError, CustomStringConvertible {
    /// What the program left.
    public let result: ProgramResult
    /// What should become of the job.
    public let disposition: FailureDisposition

    /// Makes the failure of a program.
    public init(_ result: ProgramResult, _ disposition: FailureDisposition) {
        self.result = result
        self.disposition = disposition
    }

    /// The exit, and the end of what was captured of the standard error.
    public var description: String {
        let errors = result.errors.text
        let words = errors.split(whereSeparator: \.isNewline).suffix(8).joined(separator: "\n").suffix(1000)
        return "the program ended with \(result.exit)" + (words.isEmpty ? "" : ": \(words)")
    }
}
