public import QueueDispatch

/// Why a program could not be run: a code to branch on, and what a person needs.
///
/// Thrown out of an executor, it says itself what becomes of the job. Arguments and variables are not named, they may be secrets.
public struct ProgramError: DisposingError, CustomStringConvertible {
    /// What went wrong, to branch on.
    public let code: Code
    /// What went wrong, for a person.
    public let message: String
    /// The system's error number, where there is one.
    public let systemError: Int32?

    init(_ code: Code, _ message: String, systemError: Int32? = nil) {
        self.code = code
        self.message = message
        self.systemError = systemError
    }

    /// The message, after the code.
    public var description: String { "\(code): \(message)" }

    /// Permanent for what no retry mends, else retryable.
    ///
    /// Permanent are ``Code/invalid``, ``Code/notFound``, ``Code/notExecutable`` and ``Code/noDirectory``.
    public var disposition: FailureDisposition {
        switch code {
        case .invalid, .notFound, .notExecutable, .noDirectory: .permanent
        default: .retryable()
        }
    }

    /// A kind of error.
    ///
    /// Codes may be added in a minor release; a `switch` needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case invalid, notFound, notExecutable, noDirectory, stream, exhausted, notStarted, statusLost
        }

        private let name: Name

        private init(_ name: Name) {
            self.name = name
        }

        /// The code's name.
        public var description: String { name.rawValue }

        /// What no program can be given: a NUL, a variable without a name, an empty executable.
        public static let invalid = Code(.invalid)
        /// There is no such program.
        public static let notFound = Code(.notFound)
        /// The file is no program, or not one that this user may run on this machine.
        public static let notExecutable = Code(.notExecutable)
        /// The directory where the program should start is none.
        public static let noDirectory = Code(.noDirectory)
        /// A file for one of the standard streams can't be opened.
        public static let stream = Code(.stream)
        /// The system's or the user's limit of processes, descriptors or memory is reached.
        public static let exhausted = Code(.exhausted)
        /// The system would not start it for another reason.
        public static let notStarted = Code(.notStarted)
        /// How the program ended can't be told: SIGCHLD is ignored in this process, or somebody else in it waits for any child.
        public static let statusLost = Code(.statusLost)
    }
}
