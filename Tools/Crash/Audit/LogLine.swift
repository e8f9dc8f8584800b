package import QueueModel

/// One line of a worker's log: what it knows to have happened, written before it does anything that follows from it.
package struct LogLine: Hashable, Sendable {
    /// The time in nanoseconds on the machine's monotonic clock, which all processes share.
    package var at: Int64
    /// What.
    package var entry: Entry

    /// Creates a line.
    package init(at: Int64, _ entry: Entry) {
        self.at = at
        self.entry = entry
    }

    /// The certain facts.
    package enum Entry: Hashable, Sendable {
        /// The queue is open.
        case opened
        /// Submissions of these nonces are about to be made.
        case submitting([String])
        /// The call returned.
        case acknowledged([Acknowledgement])
        /// A job is about to be cancelled.
        case cancelling(JobID)
        /// The call returned, and the job has ended by it.
        case cancelled(JobID)
        /// A turn returned these jobs; it had begun at the given time.
        case claimed(since: Int64, [Claim])
        /// An executor began.
        case started(JobID, attempt: Int, nonce: String)
        /// An executor is about to return.
        case stopped(JobID, attempt: Int, Stop)
        /// An event reported a job's end.
        case ended(JobID, JobState)
        /// A caller that waited for a job's result was given it.
        case awaited(JobID)
        /// An event reported that an end came too late and was dropped.
        case stale(JobID)
        /// A call threw something that its caller has to deal with.
        case failed(String)
        /// Nothing is left to do.
        case idle
    }

    /// The outcome of one submission.
    package struct Acknowledgement: Hashable, Sendable {
        /// The submission.
        package var nonce: String
        /// The job that stands for it.
        package var id: JobID
        /// Whether the job is the submission's own.
        package var isNew: Bool

        /// Creates an acknowledgement.
        package init(nonce: String, id: JobID, isNew: Bool) {
            self.nonce = nonce
            self.id = id
            self.isNew = isNew
        }
    }

    /// A job that a turn handed out.
    package struct Claim: Hashable, Sendable {
        /// The job.
        package var id: JobID
        /// The attempt.
        package var attempt: Int
        /// Its priority.
        package var priority: Priority

        /// Creates a claim.
        package init(id: JobID, attempt: Int, priority: Priority) {
            self.id = id
            self.attempt = attempt
            self.priority = priority
        }
    }

    /// The way an attempt is about to end.
    package enum Stop: String, Hashable, Sendable {
        /// The executor returns.
        case success
        /// It throws an error that may pass.
        case retry
        /// It throws an error for good.
        case failure
        /// It asks to be put back.
        case snooze
        /// It was asked to stop.
        case interruption
        /// It was notified that another worker may have the job.
        case loss
    }
}

extension LogLine {
    /// The line, without its end.
    package var text: String {
        let words: String =
            switch entry {
            case .opened: "opened"
            case .submitting(let nonces): "submitting \(nonces.joined(separator: " "))"
            case .acknowledged(let list):
                "acknowledged "
                    + list.map { "\($0.nonce)=\($0.isNew ? "+" : "")\($0.id.rawValue)" }.joined(separator: " ")
            case .cancelling(let id): "cancelling \(id.rawValue)"
            case .cancelled(let id): "cancelled \(id.rawValue)"
            case .claimed(let since, let claims):
                "claimed \(since) "
                    + claims.map { "\($0.id.rawValue):\($0.attempt):\($0.priority.rawValue)" }.joined(separator: " ")
            case .started(let id, let attempt, let nonce): "started \(id.rawValue) \(attempt) \(nonce)"
            case .stopped(let id, let attempt, let stop): "stopped \(id.rawValue) \(attempt) \(stop.rawValue)"
            case .ended(let id, let state): "ended \(id.rawValue) \(state.rawValue)"
            case .awaited(let id): "awaited \(id.rawValue)"
            case .stale(let id): "stale \(id.rawValue)"
            case .failed(let message): "failed \(message.filter { !$0.isNewline })"
            case .idle: "idle"
            }
        return "\(at) \(words)"
    }

    /// Reads a line; `nil` if it is none.
    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count > 1, let at = Int64(words[0]) else { return nil }
        let rest = words.dropFirst(2)
        func number(_ place: Int) -> Int64? { words.indices.contains(place) ? Int64(words[place]) : nil }
        func id() -> JobID? { number(2).map { JobID($0) } }
        let entry: Entry? =
            switch words[1] {
            case "opened": .opened
            case "submitting": .submitting(Array(rest))
            case "acknowledged": Self.all(rest, Acknowledgement.init).map(Entry.acknowledged)
            case "cancelling": id().map(Entry.cancelling)
            case "cancelled": id().map(Entry.cancelled)
            case "claimed":
                number(2).flatMap { since in
                    Self.all(rest.dropFirst(), Claim.init).map { .claimed(since: since, $0) }
                }
            case "started":
                id().flatMap { id in
                    words.count == 5 ? number(3).map { .started(id, attempt: Int($0), nonce: words[4]) } : nil
                }
            case "stopped":
                id().flatMap { id in
                    words.count == 5
                        ? number(3).flatMap { number in
                            Stop(rawValue: words[4]).map { .stopped(id, attempt: Int(number), $0) }
                        } : nil
                }
            case "ended":
                id().flatMap { id in
                    number(3).flatMap { UInt8(exactly: $0) }.flatMap(JobState.init(rawValue:)).map { .ended(id, $0) }
                }
            case "awaited": id().map(Entry.awaited)
            case "stale": id().map(Entry.stale)
            case "failed": .failed(rest.joined(separator: " "))
            case "idle": .idle
            default: nil
            }
        guard let entry else { return nil }
        self.init(at: at, entry)
    }

    /// All of them, or `nil` if one is none.
    private static func all<Value>(_ words: some Sequence<String>, _ read: (String) -> Value?) -> [Value]? {
        var values: [Value] = []
        for word in words {
            guard let value = read(word) else { return nil }
            values.append(value)
        }
        return values
    }
}

extension LogLine.Acknowledgement {
    fileprivate init?(_ word: String) {
        let parts = word.split(separator: "=")
        guard parts.count == 2 else { return nil }
        let isNew = parts[1].hasPrefix("+")
        guard let number = Int64(parts[1].dropFirst(isNew ? 1 : 0)) else { return nil }
        self.init(nonce: String(parts[0]), id: JobID(number), isNew: isNew)
    }
}

extension LogLine.Claim {
    fileprivate init?(_ word: String) {
        let parts = word.split(separator: ":")
        guard parts.count == 3, let id = Int64(parts[0]), let attempt = Int(parts[1]), let priority = UInt8(parts[2])
        else { return nil }
        self.init(id: JobID(id), attempt: attempt, priority: Priority(rawValue: priority))
    }
}
