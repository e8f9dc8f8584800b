package import QueueModel

/// What a job of the kill loops says of itself: its payload, from which its end can be foretold.
package struct JobPlan: Hashable, Sendable {
    /// The course of its attempts.
    package enum Course: String, Sendable, CaseIterable {
        /// The first that is not interrupted succeeds.
        case succeed
        /// One fails, those after it succeed.
        case retry
        /// The first asks to be put back, those after it succeed.
        case snooze
        /// It fails for good.
        case fail
        /// Every one fails, until no retry is left.
        case dead
        /// It spawns two children, and succeeds when they have.
        case spawn
        /// Every one takes its worker down, until the job is found out (rule L4).
        case poison
    }

    /// A text that no other submission has: the number of the worker that makes it, a point, the number of the
    /// submission there.
    package var nonce: String
    /// The course of its attempts.
    package var course: Course
    /// The duration of an attempt.
    package var milliseconds: Int
    /// The delay from its submission to its earliest start, in milliseconds.
    package var delay: Int
    /// The group whose limit it counts against.
    package var group: String?
    /// Its unique key.
    package var key: String?
    /// The effect of a dependency that does not complete.
    package var policy: Dependency.Policy
    /// The nonces of the jobs that it depends on.
    package var dependencies: [String]

    /// Creates a plan.
    package init(
        _ nonce: String, _ course: Course = .succeed, milliseconds: Int = 0, delay: Int = 0, group: String? = nil,
        key: String? = nil,
        policy: Dependency.Policy = .cancel, dependencies: [String] = []
    ) {
        self.nonce = nonce
        self.course = course
        self.milliseconds = milliseconds
        self.delay = delay
        self.group = group
        self.key = key
        self.policy = policy
        self.dependencies = dependencies
    }

    /// Whether it stands for one submission alone; children and the jobs of a schedule may be made again.
    package var isSingular: Bool { !nonce.contains("/") && !isScheduled }

    /// Whether a schedule makes it.
    package var isScheduled: Bool { nonce.hasPrefix(Self.scheduled) }

    /// Whether nothing but the slots of a worker, and what is more urgent, can hold it back when it is new.
    package var isFree: Bool { isSingular && delay == 0 && group == nil && key == nil && dependencies.isEmpty }

    private static let scheduled = "tick-"

    /// The nonce that all jobs of a worker's schedule have.
    package static func nonce(ofSchedule worker: Int) -> String { "\(scheduled)\(worker)" }

    /// The end of the nonce of the job that takes workers down.
    package static let poisoned = "poison"

    /// The nonce of a child.
    package func nonce(ofChild number: Int) -> String { "\(nonce)/\(number)" }
}

extension JobPlan {
    /// The payload: the fields in order, with blanks between them, `-` for what there is not.
    package var text: String {
        let list = dependencies.isEmpty ? "-" : dependencies.joined(separator: ",")
        return
            "\(nonce) \(course.rawValue) \(milliseconds) \(delay) \(group ?? "-") \(key ?? "-") \(policy.rawValue) \(list)"
    }

    /// Reads a payload; `nil` if it is none.
    package init?(payload: some Collection<UInt8>) {
        let fields = String(decoding: payload, as: UTF8.self).split(separator: " ").map(String.init)
        guard fields.count == 8, let course = Course(rawValue: fields[1]), let milliseconds = Int(fields[2]),
            let delay = Int(fields[3]), let policy = UInt8(fields[6]).flatMap(Dependency.Policy.init(rawValue:))
        else { return nil }
        self.init(
            fields[0], course, milliseconds: milliseconds, delay: delay, group: fields[4] == "-" ? nil : fields[4],
            key: fields[5] == "-" ? nil : fields[5], policy: policy,
            dependencies: fields[7] == "-" ? [] : fields[7].split(separator: ",").map(String.init))
    }
}
