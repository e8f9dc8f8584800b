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
