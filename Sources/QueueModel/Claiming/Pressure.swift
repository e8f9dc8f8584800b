/// Which priorities are held back at which pressure (rule D9).
///
///     configuration.pressurePolicy = PressurePolicy([
///         .holdBack(.background, above: 0.4),
///         .holdBack(.normal, above: 0.9),
///     ])
///
/// What no threshold names is never held back.
public struct PressurePolicy: Hashable, Sendable {
    /// A pressure, and what it holds back.
    public struct Threshold: Hashable, Sendable {
        /// The most urgent priority that is held back; those with a higher number are held back with it.
        ///
        /// From 1 on: ``Priority/realtime`` can't be held back.
        public var priority: Priority
        /// The pressure above which it is held back, 0…1; at this very pressure it still runs.
        ///
        /// No pressure is above 1, so that 1 holds back nothing.
        public var pressure: Double

        /// A priority and all that are less urgent, held back above a pressure.
        public static func holdBack(_ priority: Priority, above pressure: Double) -> Threshold {
            Threshold(priority: priority, pressure: pressure)
        }
    }

    /// The thresholds, in any order; none: nothing is held back, however strained the machine is.
    public var thresholds: [Threshold]

    /// Makes a policy; it is checked when a queue is made with it.
    public init(_ thresholds: [Threshold]) {
        self.thresholds = thresholds
    }

    /// ``Priority/background`` and what is less urgent above 0.50, ``Priority/normal`` and what is less urgent above 0.75, what is more
    /// urgent than normal never.
    public static let `default` = PressurePolicy([
        .holdBack(.background, above: 0.50), .holdBack(.normal, above: 0.75),
    ])

    /// The least urgent priority that may run at a pressure.
    ///
    /// A pressure that is no number counts as 0. The answer is never more urgent for a lower pressure.
    public func leastPriority(at pressure: Double) -> Priority {
        var least = Priority.idle
        // A comparison with what is no number is false, and so no threshold is passed.
        for threshold in thresholds where (pressure > threshold.pressure) && threshold.priority <= least {
            // Not even a policy that nobody has checked may hold back what is most urgent.
            guard threshold.priority > .realtime else { return .realtime }
            least = Priority(rawValue: threshold.priority.rawValue - 1)
        }
        return least
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first threshold that is outside of its range or contradicts another.
    ///
    /// The more urgent of two priorities has to have the higher pressure, and no priority stands twice: any other threshold would
    /// have no effect.
    public func validate() throws(QueueError) {
        for threshold in thresholds {
            guard (0...1).contains(threshold.pressure) else {
                throw QueueError(
                    .invalidOption,
                    "the pressure that holds back \(threshold.priority) is \(threshold.pressure), it must be 0…1")
            }
            guard threshold.priority > .realtime else {
                throw QueueError(.invalidOption, "no pressure can hold back realtime, the most urgent priority is 1")
            }
        }
        let sorted = thresholds.sorted { $0.priority > $1.priority }
        for (lesser, greater) in zip(sorted, sorted.dropFirst()) {
            guard lesser.priority != greater.priority else {
                throw QueueError(.invalidOption, "\(lesser.priority) has two thresholds of pressure")
            }
            guard lesser.pressure < greater.pressure else {
                throw QueueError(
                    .invalidOption,
                    "\(greater.priority) is held back above \(greater.pressure), it must be above a higher pressure than "
                        + "the less urgent \(lesser.priority), which is held back above \(lesser.pressure)")
            }
        }
    }
}

/// Reports how strained a resource is, so that a queue can hold back what is not urgent (rule D9).
///
/// A source of your own needs a name and a number:
///
///     struct Backlog: PressureSource {
///         let name = "uploads"
///         let uploads: UploadService
///         func pressure() -> Double { Double(uploads.waiting) / 1000 }
///     }
///
/// It is called from any thread, at most once a turn of the run loop and whenever somebody looks at the pressure.
public protocol PressureSource: Sendable {
    /// The name under which it is shown.
    var name: String { get }
    /// The present pressure, 0 (idle) to 1 (exhausted).
    ///
    /// What is outside of the range counts as its nearer end, and what is no number as 0. It must not block: what is dear to
    /// measure is measured elsewhere and told here. While nothing can be measured it answers 0, so that a blind source stops no
    /// job, and ``isAvailable`` tells that apart from idleness.
    func pressure() -> Double
    /// Whether the last measurement succeeded; `true` unless a source says otherwise.
    ///
    /// A queue that starts to run warns of each source that has nothing to measure.
    var isAvailable: Bool { get }
    /// Throws ``QueueError/Code/invalidOption`` if a setting of the source is outside of its range; by default none is.
    ///
    /// Called when a queue is made with the source.
    func validate() throws(QueueError)
}

extension PressureSource {
    /// Always: a source that counts by itself can be read.
    public var isAvailable: Bool { true }

    /// Accepts everything.
    public func validate() throws(QueueError) {}
}

/// What a ``PressureSource`` has told: its name and its pressure, made safe to compare and to show.
public struct PressureReading: Hashable, Sendable, Codable {
    /// The name of the source.
    public let name: String
    /// The pressure, 0 (idle) to 1 (exhausted); 0 if the source has nothing to tell.
    public let value: Double
    /// Whether the value was measured.
    ///
    /// `false` if the source says so, or told what is no number.
    public let isAvailable: Bool

    /// Asks a source.
    public init(_ source: some PressureSource) {
        let pressure = source.pressure()
        name = source.name
        // After the pressure: a source may find out by measuring that it can't.
        isAvailable = !pressure.isNaN && source.isAvailable
        value = pressure.isNaN ? 0 : min(max(pressure, 0), 1)
    }
}

/// Measures what the machine moves, so that a queue can budget its jobs' IO (rule D10).
public protocol ResourceSampler: Sendable {
    /// All bytes moved so far, on all disks and network interfaces together, as the kernel counts them.
    ///
    /// Counted from any start, the same for every sample. Counters may wrap or start anew: of two samples the later of which is lower
    /// on an axis, nothing is concluded for that axis. It is called from any thread, a few times a second at most, and must not block.
    ///
    /// Throws if they can't be read; what is already known then goes on to count.
    func sample() throws -> IOAmount
}
