public import QueueModel

/// A recurrence with its time zone: the instants at which its occurrences are due.
///
/// A pure value: it depends neither on the present nor on the number of past occurrences; see
/// ``QueueModel/Recurrence/allowsOccurrence(after:)`` for the limit. Occurrences are due in the years 1…9998.
public struct Schedule: Sendable {
    /// The recurrence.
    public let recurrence: Recurrence
    private let timing: Timing

    private enum Timing {
        /// Milliseconds, above zero.
        case every(Int64)
        case cron(CronClock)
    }

    /// Checks a recurrence and looks up its time zone in the system's copy of the IANA data.
    ///
    /// `UTC`, `Etc/UTC` and `GMT` need no data. A zone's rules are those known when the process first looked them up.
    ///
    /// - Throws: ``QueueModel/QueueError/Code/invalidSchedule`` for a recurrence that is out of range or a zone that
    ///   the system does not know.
    public init(_ recurrence: Recurrence) throws(QueueError) {
        try self.init(recurrence) { identifier in
            switch identifier {
            case "UTC", "Etc/UTC", "GMT": FixedZone(offset: 0)
            default: SystemZone(identifier: identifier)
            }
        }
    }

    /// As the public initializer, with zones from a given source.
    package init(_ recurrence: Recurrence, zone: (String) -> (any ZoneRules)?) throws(QueueError) {
        try recurrence.validate()
        self.recurrence = recurrence
        switch recurrence.rule {
        case .every(let interval):
            timing = .every(interval.wholeMilliseconds)
        case .cron(let expression, let identifier):
            guard let zone = zone(identifier) else {
                throw QueueError(.invalidSchedule, "the time zone \(identifier) is not known")
            }
            timing = .cron(CronClock(expression: expression, zone: zone))
        }
    }

    /// Returns the instant of the first occurrence of a job that is submitted at an instant; `nil` if there is none up
    /// to the year 9998.
    ///
    /// Intervals begin after the initial delay. A cron expression fires at its first time that is not before that.
    public func first(submittedAt submission: Timestamp) -> Timestamp? {
        let start = submission.advanced(by: recurrence.initialDelay)
        return switch timing {
        case .every: start == .distantFuture ? nil : start
        // An instant is in whole milliseconds, so "not before" is "after the one before".
        case .cron: next(after: start.advanced(by: .milliseconds(-1)))
        }
    }

    /// Returns the instant of the occurrence after another; `nil` if there is none up to the year 9998.
    ///
    /// - Parameter instant: For intervals the instant of the previous occurrence: the next is due one interval later.
    ///   For a cron expression any instant: the result is strictly later.
    public func next(after instant: Timestamp) -> Timestamp? {
        switch timing {
        case .every(let interval):
            let (next, overflow) = instant.milliseconds.addingReportingOverflow(interval)
            return overflow || next == .max ? nil : Timestamp(milliseconds: next)
        case .cron(let clock):
            return clock.firing(after: instant.milliseconds.flooredQuotient(by: 1000))
                .map { Timestamp(milliseconds: $0 * 1000) }
        }
    }
}
