public import QueueDispatch

/// The reason a program could not be run: a code to branch on, and a message for people.
///
/// If an executor throws it, its ``disposition`` decides how the job continues. It does not contain arguments or
/// variables, since they may be secrets.
public struct ProgramError: DisposingError, CustomStringConvertible {
    /// The kind of error, to branch on.
    public let code: Code
    /// A description of the problem for people.
    public let message: String
    /// The system's error number (`errno`), if there is one.
    public let systemError: Int32?

    init(_ code: Code, _ message: String, systemError: Int32? = nil) {
        self.code = code
        self.message = message
        self.systemError = systemError
    }

    /// The code, followed by the message.
    public var description: String { "\(code): \(message)" }

    /// Permanent for errors that no retry can fix, otherwise retryable.
    ///
    /// ``Code/invalid``, ``Code/notFound``, ``Code/notExecutable``, and ``Code/noDirectory`` are permanent.
    public var disposition: JobError.Disposition {
        switch code {
        case .invalid, .notFound, .notExecutable, .noDirectory: .permanent
        default: .retryable()
        }
    }

    /// A kind of error.
    ///
    /// Codes may be added in a minor release, so a `switch` needs a default.
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

        /// A setting cannot be passed to any program: a NUL, a variable without a name, or an empty executable.
        public static let invalid = Code(.invalid)
        /// The program does not exist.
        public static let notFound = Code(.notFound)
        /// The file is not a program, or this user cannot run it on this machine.
        public static let notExecutable = Code(.notExecutable)
        /// The directory in which the program should start does not exist or is not a directory.
        public static let noDirectory = Code(.noDirectory)
        /// A file for one of the standard streams cannot be opened.
        public static let stream = Code(.stream)
        /// A limit on processes, descriptors, or memory has been reached.
        public static let exhausted = Code(.exhausted)
        /// The system refused to start the program for another reason.
        public static let notStarted = Code(.notStarted)
        /// The exit code is lost: this process ignores SIGCHLD, or other code in it waits for any child.
        public static let statusLost = Code(.statusLost)
    }
}
