public import QueueModel

/// A job of a ``SimulationScript``: its submission and the course of each attempt.
///
/// All times are in milliseconds.
public struct SimulatedJob: Sendable, Hashable {
    /// The job type: 0 and 1 are in the first domain, 2 is in the second.
    public var type: Int
    /// The priority.
    public var priority: Priority
    /// The group.
    public var group: String?
    /// The unique key.
    public var key: String?
    /// The strategy if the key is taken.
    public var onDuplicate: Uniqueness.DuplicateStrategy
    /// The dependencies, as indexes of submissions; only those count that were acknowledged before this one.
    public var after: [Int]
    /// The policy if a dependency ends without success.
    public var policy: Dependency.Policy
    /// The delay from the submission to the earliest start.
    public var delay: Int
    /// The time after the submission at which the job expires; `nil` if it never does.
    public var timeToLive: Int?
    /// The time limit of an attempt; `nil` for no limit.
    public var timeout: Int?
    /// The number of retries, half a second after each failure, or without a delay if ``retriesInPlace`` is set.
    public var retries: Int
    /// Whether the job is retried immediately by its worker, without going back to the queue.
    public var retriesInPlace: Bool
    /// The number of children that the first attempt spawns.
    public var children: Int
    /// The course of each attempt; further attempts succeed immediately.
    public var attempts: [Attempt]

    /// The course of an attempt.
    public enum Attempt: Sendable, Hashable {
        /// The attempt succeeds after a time.
        case succeed(Int)
        /// The attempt fails with a retryable error after a time.
        case fail(Int)
        /// The attempt fails permanently after a time.
        case failForGood(Int)
        /// The attempt snoozes the job for a time.
        case snooze(Int)
        /// The attempt ignores cancellation, and succeeds after a time.
        case ignoreCancellation(Int)
        /// The attempt submits another job to its own queue, and succeeds.
        case submitAnother
    }

    /// Creates a job.
    public init(
        type: Int = 0, priority: Priority = .normal, group: String? = nil, key: String? = nil,
        onDuplicate: Uniqueness.DuplicateStrategy = .skip, after: [Int] = [], policy: Dependency.Policy = .cancel,
        delay: Int = 0,
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
    /// A Swift expression that creates the job, without default values.
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
