public import QueueModel

/// A recurrence with its time zone looked up: the instants at which its occurrences are due (rule D13).
///
/// Pure: it knows neither the present nor how many occurrences there have been; see
/// ``QueueModel/Recurrence/allowsOccurrence(after:)`` for the limit. Occurrences are due in the years 1…9998.
public struct Schedule: Sendable {
    /// What the schedule was made of.
    public let recurrence: Recurrence
    private let timing: Timing

    private enum Timing {
        /// Milliseconds, above zero.
        case every(Int64)
        case cron(CronClock)
    }

    /// Checks a recurrence and looks its time zone up in the system's copy of the IANA data.
    ///
    /// `UTC`, `Etc/UTC` and `GMT` need no data. The zone's rules are those that were known when the process first looked.
    ///
    /// - Throws: ``QueueModel/QueueError/Code/invalidSchedule`` for a recurrence that is out of range or a zone that the system does
    ///   not know.
    public init(_ recurrence: Recurrence) throws(QueueError) {
        try self.init(recurrence) { identifier in
            switch identifier {
            case "UTC", "Etc/UTC", "GMT": FixedZone(offset: 0)
            default: SystemZone(identifier: identifier)
            }
        }
    }

    /// As the public one, with zones from elsewhere.
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

    /// When the first occurrence of a job is due that was submitted at an instant.
    ///
    /// Intervals begin when the initial delay has passed. A cron expression fires at its first time that is not before that.
    /// `nil` if there is none in the schedule's years.
    public func first(submittedAt submission: Timestamp) -> Timestamp? {
        let start = submission.advanced(by: recurrence.initialDelay)
        return switch timing {
        case .every: start == .distantFuture ? nil : start
        // An instant is in whole milliseconds, so "not before" is "after the one before".
        case .cron: next(after: start.advanced(by: .milliseconds(-1)))
        }
    }

    /// When the occurrence after another is due.
    ///
    /// For intervals, the time given is when the occurrence before was due, and the next is due one interval later. For a cron
    /// expression it is any instant, and the result is strictly later. `nil` if there is none in the schedule's years.
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
