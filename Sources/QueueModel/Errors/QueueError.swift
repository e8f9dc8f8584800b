/// An error of a queue or its store: a code to branch on, and the context for a person.
///
/// The whole package throws this one type. Descriptions never contain payloads, outputs or tag values. If a
/// submission of a batch is at fault, ``index`` names it; if jobs are, ``jobs`` names them.
public struct QueueError: Error, Sendable {
    /// The kind of error.
    public var code: Code
    /// A description for a person: one English sentence without the code.
    public var message: String
    /// The index in the batch of the submission at fault.
    public var index: Int?
    /// The jobs concerned; for ``Code/dependencyCycle``, the path of the cycle in order.
    public var jobs: [JobID]
    /// The underlying error.
    public var underlying: (any Error)?
    /// Whether the same call may succeed later without intervention, for example when another process releases a
    /// lock, or the disk has space again.
    public var isTransient: Bool

    /// Creates an error.
    public init(
        _ code: Code, _ message: String, index: Int? = nil, jobs: [JobID] = [], underlying: (any Error)? = nil,
        isTransient: Bool = false
    ) {
        self.code = code
        self.message = message
        self.index = index
        self.jobs = jobs
        self.underlying = underlying
        self.isTransient = isTransient
    }

    /// Returns the same error for an index of a batch.
    public func at(index: Int) -> QueueError {
        var error = self
        error.index = index
        return error
    }
}

extension QueueError: CustomStringConvertible {
    /// The code, the message and the context in one line.
    public var description: String {
        var text = "\(code): \(message)"
        if let index { text += " (submission \(index) of the batch)" }
        if let underlying { text += " (\(ErrorText.of(underlying)))" }
        return text
    }
}

extension QueueError {
    /// A kind of error.
    ///
    /// Codes may be added in a minor release; a `switch` needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case payloadTooLarge, payloadNotEncodable, tooManyTags, invalidTag, invalidText, invalidOption
            case unknownDependency, unknownParent, dependencyCycle, unknownJobType, ambiguousJobType
            case invalidRegistration, invalidSchedule
            case unknownJob, unknownSchedule, notPossibleNow, leaseLost, effectNotAccepted
            case outputNotDecodable, newerPayload, checkpointTooLarge, tooManyChildren, nestedTooDeeply
            case busy, io, diskFull, readOnly, permission, corrupt, notAQueue, newerSchema, outOfMemory, closed, sqlite
            case invalidRow
            case completionsNotStored, alreadyRunning
        }

        private let name: Name

        private init(_ name: Name) {
            self.name = name
        }

        /// The code's name.
        public var description: String { name.rawValue }

        /// The payload exceeds the queue's size limit.
        public static let payloadTooLarge = Code(.payloadTooLarge)
        /// The payload's coder threw; see `underlying`.
        public static let payloadNotEncodable = Code(.payloadNotEncodable)
        /// The job has more than 64 tags.
        public static let tooManyTags = Code(.tooManyTags)
        /// A tag's key or value is too long, empty or contains a NUL, or a key occurs twice.
        public static let invalidTag = Code(.invalidTag)
        /// A type, key, group, label or schedule's id is too long, empty or contains a NUL.
        public static let invalidText = Code(.invalidText)
        /// An option is out of range.
        public static let invalidOption = Code(.invalidOption)
        /// A dependency names a job that is not in the store: it never was, or was pruned.
        public static let unknownDependency = Code(.unknownDependency)
        /// The parent is not in the store, or has ended.
        public static let unknownParent = Code(.unknownParent)
        /// The dependencies would wait for each other forever.
        public static let dependencyCycle = Code(.dependencyCycle)
        /// No executor is registered for the type.
        public static let unknownJobType = Code(.unknownJobType)
        /// The payload's type is registered in several domains and none was named.
        public static let ambiguousJobType = Code(.ambiguousJobType)
        /// The registrations of the queue contradict each other.
        public static let invalidRegistration = Code(.invalidRegistration)
        /// A recurrence is out of range, its cron expression does not parse, or its time zone is unknown.
        public static let invalidSchedule = Code(.invalidSchedule)

        /// No job has the id.
        public static let unknownJob = Code(.unknownJob)
        /// No schedule has the id.
        public static let unknownSchedule = Code(.unknownSchedule)
        /// The job's state does not allow the operation.
        public static let notPossibleNow = Code(.notPossibleNow)
        /// The worker's lease has ended, and others may have taken its jobs.
        public static let leaseLost = Code(.leaseLost)
        /// The queue's store does not accept the effect of a completion.
        public static let effectNotAccepted = Code(.effectNotAccepted)
        /// An executor's output is not of the requested type; see `underlying`.
        public static let outputNotDecodable = Code(.outputNotDecodable)
        /// A stored payload has a later version of its type than this build knows.
        public static let newerPayload = Code(.newerPayload)

        /// A checkpoint exceeds the queue's size limit.
        public static let checkpointTooLarge = Code(.checkpointTooLarge)
        /// A job has spawned more children than the queue's limit.
        public static let tooManyChildren = Code(.tooManyChildren)
        /// A job that spawned a child has as many generations of ancestors as the queue allows.
        public static let nestedTooDeeply = Code(.nestedTooDeeply)

        /// Another connection held the lock for longer than the time limit.
        ///
        /// Transient.
        public static let busy = Code(.busy)
        /// The operating system failed to read or write.
        ///
        /// Transient. The call has changed nothing. However, if the process ends before anything else is committed,
        /// the whole change may be found when the store is opened again, because all of it may have been written
        /// before the error.
        public static let io = Code(.io)
        /// The disk is full.
        ///
        /// Transient. The call has changed nothing, with the same exception as ``io``.
        public static let diskFull = Code(.diskFull)
        /// The file or its directory can't be written to.
        public static let readOnly = Code(.readOnly)
        /// The file can't be opened.
        public static let permission = Code(.permission)
        /// The file is damaged.
        public static let corrupt = Code(.corrupt)
        /// The file is not a database, or not that of a queue.
        public static let notAQueue = Code(.notAQueue)
        /// The file was written by a newer release.
        public static let newerSchema = Code(.newerSchema)
        /// Memory ran out.
        ///
        /// Transient.
        public static let outOfMemory = Code(.outOfMemory)
        /// The store or queue is closed.
        public static let closed = Code(.closed)
        /// SQLite reported an error without a code of its own here; the message has its result code.
        public static let sqlite = Code(.sqlite)
        /// A stored row can't be read; the message names table, column and row.
        public static let invalidRow = Code(.invalidRow)

        /// The queue stopped before all completions could be stored; ``QueueError/jobs`` names their jobs.
        public static let completionsNotStored = Code(.completionsNotStored)
        /// `run()` was called on a queue that is already running.
        public static let alreadyRunning = Code(.alreadyRunning)
    }
}

/// Descriptions of errors for logs, events and records: those of the standard library print the values at fault.
package enum ErrorText {
    /// Returns the description of an error; for decoding and encoding errors, without the value and without the keys
    /// of dictionaries.
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as DecodingError: text(of: error)
        case EncodingError.invalidValue(_, let context):
            // Written by an encoder of this process about a type, and not read from a file.
            "a value can't be encoded at \(path(context.codingPath)): \(context.debugDescription)"
        default: "\(error)"
        }
    }

    private static func text(of error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context): "no \(type) at \(path(context.codingPath))"
        case .valueNotFound(let type, let context): "no value where a \(type) should be, at \(path(context.codingPath))"
        case .keyNotFound(let key, let context): "no key \"\(key.stringValue)\" at \(path(context.codingPath))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "not in the coder's format" : "no valid value at \(path(context.codingPath))"
        @unknown default: "it is not of the expected form"
        }
    }

    /// A path, such as `list[3].width`.
    ///
    /// Keys that are not of a user's type are those of dictionaries: values of the payload, and left out.
    private static func path(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                let module = String(reflecting: type(of: key)).prefix { $0 != "." }
                let isOwn = !["Swift", "Foundation", "FoundationEssentials"].contains(module)
                text += (text.isEmpty ? "" : ".") + (isOwn ? key.stringValue : "*")
            }
        }
        return text.isEmpty ? "the top" : text
    }
}
