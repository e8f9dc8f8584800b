/// A policy that holds back priorities under pressure.
///
///     configuration.pressurePolicy = PressurePolicy([
///         .holdBack(.background, above: 0.4),
///         .holdBack(.normal, above: 0.9),
///     ])
///
/// Priorities that no threshold covers are never held back.
public struct PressurePolicy: Hashable, Sendable {
    /// A pressure and the priorities that it holds back.
    public struct Threshold: Hashable, Sendable {
        /// The most urgent priority that is held back, together with all less urgent ones.
        ///
        /// At least 1: ``Priority/realtime`` can't be held back.
        public var priority: Priority
        /// The pressure above which the priorities are held back, 0…1; at exactly this pressure they still run.
        ///
        /// No pressure exceeds 1, so 1 holds back nothing.
        public var pressure: Double

        /// Returns a threshold for a priority and all less urgent ones.
        public static func holdBack(_ priority: Priority, above pressure: Double) -> Threshold {
            Threshold(priority: priority, pressure: pressure)
        }
    }

    /// The thresholds, in any order; without any, nothing is held back.
    public var thresholds: [Threshold]

    /// Creates a policy, which is checked when a queue is created with it.
    public init(_ thresholds: [Threshold]) {
        self.thresholds = thresholds
    }

    /// The default policy: holds back ``Priority/background`` and less urgent jobs above 0.50, ``Priority/normal``
    /// and less urgent jobs above 0.75, and more urgent jobs never.
    public static let `default` = PressurePolicy([
        .holdBack(.background, above: 0.50), .holdBack(.normal, above: 0.75),
    ])

    /// Returns the least urgent priority that may run at a pressure.
    ///
    /// A pressure that is not a number counts as 0. A lower pressure never holds back more.
    public func leastPriority(at pressure: Double) -> Priority {
        var least = Priority.idle
        // A comparison with a value that is not a number is false, so no threshold is exceeded.
        for threshold in thresholds where (pressure > threshold.pressure) && threshold.priority <= least {
            // Not even an unchecked policy may hold back the most urgent jobs.
            guard threshold.priority > .realtime else { return .realtime }
            least = Priority(rawValue: threshold.priority.rawValue - 1)
        }
        return least
    }

    /// Checks all thresholds.
    ///
    /// A more urgent priority must have a higher pressure, and each priority at most one threshold; other thresholds
    /// would have no effect.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for the first threshold that is out of range or contradicts
    ///   another.
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
                    "\(greater.priority) is held back above \(greater.pressure), it must be above a higher pressure "
                        + "than the less urgent \(lesser.priority), which is held back above \(lesser.pressure)")
            }
        }
    }
}

/// A source that reports the load of a resource, so that a queue can hold back less urgent jobs.
///
/// A source of your own needs a name and a number:
///
///     struct Backlog: PressureSource {
///         let name = "uploads"
///         let uploads: UploadService
///         func pressure() -> Double { Double(uploads.waiting) / 1000 }
///     }
///
/// It is called from any thread, at most once per turn of the run loop and whenever the pressure is queried.
public protocol PressureSource: Sendable {
    /// The name under which the source is shown.
    var name: String { get }
    /// Returns the current pressure, 0 (idle) to 1 (exhausted).
    ///
    /// A value out of range is clamped, and one that is not a number counts as 0. The call must not block: an
    /// expensive measurement should be made elsewhere and its result returned here. While nothing can be measured,
    /// return 0, so that no job is held back; ``isAvailable`` distinguishes this from idleness.
    func pressure() -> Double
    /// Whether the last measurement succeeded; default `true`.
    ///
    /// A queue that starts to run logs a warning for each source that can't measure.
    var isAvailable: Bool { get }
    /// Checks the settings of the source; the default implementation accepts everything.
    ///
    /// Called when a queue is created with the source.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` if a setting is out of range.
    func validate() throws(QueueError)
}

extension PressureSource {
    /// Returns `true`.
    public var isAvailable: Bool { true }

    /// Accepts everything.
    public func validate() throws(QueueError) {}
}

/// The name and the pressure that a ``PressureSource`` has reported, normalized for comparison and display.
public struct PressureReading: Hashable, Sendable, Codable {
    /// The name of the source.
    public let name: String
    /// The pressure, 0 (idle) to 1 (exhausted); 0 if the source reports nothing.
    public let value: Double
    /// Whether the value was measured.
    ///
    /// `false` if the source says so, or reported a value that is not a number.
    public let isAvailable: Bool

    /// Creates a reading by asking a source.
    public init(_ source: some PressureSource) {
        let pressure = source.pressure()
        name = source.name
        // After the pressure, because a source may only notice by measuring that it can't.
        isAvailable = !pressure.isNaN && source.isAvailable
        value = pressure.isNaN ? 0 : min(max(pressure, 0), 1)
    }
}

/// A sampler that measures the bytes which the machine moves, so that a queue can budget its jobs' IO.
public protocol ResourceSampler: Sendable {
    /// Returns the total number of bytes moved so far, on all disks and network interfaces together, as the kernel
    /// counts them.
    ///
    /// The counters may start anywhere, but must count from the same start in every sample. They may wrap or restart:
    /// if the later of two samples is lower on an axis, nothing is concluded for that axis. The method is called from
    /// any thread, a few times per second at most, and must not block.
    ///
    /// - Throws: Any error if the counters can't be read; the last known values stay in use.
    func sample() throws -> IOAmount
}
