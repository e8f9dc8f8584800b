/// The progress of a worker's stop.
///
/// It only ever goes forward.
///
/// | Phase | Event | Phase | Effect |
/// |---|---|---|---|
/// | running | `ask` | finishing | nothing is claimed any more; jobs go on until the deadline |
/// | finishing | `ask` with an earlier deadline | finishing | the deadline comes nearer |
/// | finishing | `ask` with a later deadline | finishing | none |
/// | finishing | `advance` at or after the deadline | cancelling | what runs has to be cancelled |
/// | cancelling | `ask`, `advance` | cancelling | none |
/// | cancelling | `takeOverdue` after ``patience`` | cancelling | jobs that still run are reported, once |
struct StopState: Hashable, Sendable {
    enum Phase: Int, Comparable, Sendable {
        /// No stop was asked for.
        case running
        /// Nothing is claimed any more; what runs may go on until the deadline.
        case finishing
        /// What runs was asked to stop.
        case cancelling

        static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var phase = Phase.running
    /// When finishing turns into cancelling.
    private var deadline: Duration?
    /// When jobs are reported that still run although they were cancelled.
    private var reportDue: Duration?
    /// The time that cancelled jobs have before they are reported as unresponsive.
    static let patience = Duration.seconds(10)

    /// Stops claiming, or brings the deadline forward; returns whether anything has changed.
    mutating func ask(deadline: Duration) -> Bool {
        switch phase {
        case .running:
            phase = .finishing
            self.deadline = deadline
            return true
        case .finishing:
            guard let present = self.deadline, deadline < present else { return false }
            self.deadline = deadline
            return true
        case .cancelling:
            return false
        }
    }

    /// Begins to cancel if the deadline has passed; returns whether that is now.
    ///
    /// - Parameter isBusy: Whether jobs run, whose stop has to be watched.
    mutating func advance(at now: Duration, isBusy: Bool) -> Bool {
        guard phase == .finishing, let deadline, now >= deadline else { return false }
        phase = .cancelling
        if isBusy { reportDue = now + Self.patience }
        return true
    }

    /// Returns, once, that it is time to report the jobs that still run.
    mutating func takeOverdue(at now: Duration) -> Bool {
        guard let reportDue, reportDue <= now else { return false }
        self.reportDue = nil
        return true
    }

    /// When the stop has to be looked at again; `nil`: not before something happens.
    var nextAlarm: Duration? { phase == .finishing ? deadline : reportDue }
}
