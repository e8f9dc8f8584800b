public import QueueModel

/// A job of a ``SimulationScript``: how it is submitted, and how each attempt at it goes.
///
/// All times are milliseconds.
public struct SimulatedJob: Sendable, Hashable {
    /// Which of the three types it has: 0 and 1 are of the first domain, 2 is of the second.
    public var type: Int
    /// How urgent it is.
    public var priority: Priority
    /// Its group.
    public var group: String?
    /// Its unique key.
    public var key: String?
    /// What happens if the key is taken.
    public var onDuplicate: DuplicateStrategy
    /// What it depends on: places of submissions of the script, of which only those count that were acknowledged before.
    public var after: [Int]
    /// What becomes of it if one of these ends without success.
    public var policy: DependencyPolicy
    /// How long after the submission it may start.
    public var delay: Int
    /// How long it may wait for its end, if it may not for ever.
    public var timeToLive: Int?
    /// How long an attempt may take, if it may not take for ever.
    public var timeout: Int?
    /// How often it is tried again, half a second after each failure; without a delay where ``retriesInPlace`` is set.
    public var retries: Int
    /// Whether it is tried again at once, without going back to the queue.
    public var retriesInPlace: Bool
    /// How many children the first attempt spawns.
    public var children: Int
    /// How each attempt goes; those that follow succeed at once.
    public var attempts: [Attempt]

    /// How an attempt goes.
    public enum Attempt: Sendable, Hashable {
        /// It succeeds after so long.
        case succeed(Int)
        /// It fails after so long, and may be tried again.
        case fail(Int)
        /// It fails for good after so long.
        case failForGood(Int)
        /// It asks to be put back for so long.
        case snooze(Int)
        /// It goes on for so long whether or not it is told to stop, and succeeds.
        case ignoreCancellation(Int)
        /// It submits another job to its own queue, and succeeds.
        case submitAnother
    }

    /// Makes a job.
    public init(
        type: Int = 0, priority: Priority = .normal, group: String? = nil, key: String? = nil,
        onDuplicate: DuplicateStrategy = .skip, after: [Int] = [], policy: DependencyPolicy = .cancel, delay: Int = 0,
        timeToLive: Int? = nil, timeout: Int? = nil, retries: Int = 0, retriesInPlace: Bool = false, children: Int = 0,
        attempts: [Attempt] = []
    ) {
        self.type = type
        self.priority = priority
        self.group = group
        self.key = key
        self.onDuplicate = onDuplicate
        self.after = after
        self.policy = policy
        self.delay = delay
        self.timeToLive = timeToLive
        self.timeout = timeout
        self.retries = retries
        self.retriesInPlace = retriesInPlace
        self.children = children
        self.attempts = attempts
    }
}

extension SimulatedJob: CustomStringConvertible {
    /// The Swift expression that makes it, without what is as by default.
    public var description: String {
        var parts: [String] = []
        func add<Value: Equatable>(_ label: String, _ value: Value, unless usual: Value, _ text: (Value) -> String) {
            if value != usual { parts.append("\(label): \(text(value))") }
        }
        add("type", type, unless: 0, String.init)
        add("priority", priority, unless: .normal) { "Priority(rawValue: \($0.rawValue))" }
        add("group", group, unless: nil) { "\"\($0 ?? "")\"" }
        add("key", key, unless: nil) { "\"\($0 ?? "")\"" }
        add("onDuplicate", onDuplicate, unless: .skip) { ".\($0)" }
        add("after", after, unless: []) { "\($0)" }
        add("policy", policy, unless: .cancel) { ".\($0)" }
        add("delay", delay, unless: 0, String.init)
        add("timeToLive", timeToLive, unless: nil) { "\($0 ?? 0)" }
        add("timeout", timeout, unless: nil) { "\($0 ?? 0)" }
        add("retries", retries, unless: 0, String.init)
        add("retriesInPlace", retriesInPlace, unless: false) { "\($0)" }
        add("children", children, unless: 0, String.init)
        add("attempts", attempts, unless: []) { "[\($0.map { ".\($0)" }.joined(separator: ", "))]" }
        return "SimulatedJob(\(parts.joined(separator: ", ")))"
    }
}
