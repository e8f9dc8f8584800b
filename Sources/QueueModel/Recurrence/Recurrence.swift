/// How a job comes again: in intervals or by the calendar, how often, and from when on (rule D13).
///
/// A value that can be stored: it names its time zone and does not look it up. What it means in instants is worked out by a
/// `Schedule` of the module QueueDispatch.
public struct Recurrence: Hashable, Sendable {
    /// What decides when the next occurrence is due.
    public enum Rule: Hashable, Sendable {
        /// A time after the occurrence before was due, at least one second, in whole milliseconds.
        case every(Duration)
        /// The times of an expression on the clock of a time zone, by its identifier in the IANA data, such as `Europe/Berlin`.
        case cron(CronExpression, timeZone: String)
    }

    /// What decides when the next occurrence is due.
    public let rule: Rule
    /// After how many occurrences there are no more, at least 1; `nil` for no limit.
    ///
    /// Missed occurrences that collapse into one count as one, and skipped ones do not count.
    public let maximumOccurrences: Int?
    /// How long after the submission the first occurrence may be due at the earliest, not negative, in whole milliseconds.
    public let initialDelay: Duration

    init(rule: Rule, maximumOccurrences: Int?, initialDelay: Duration) {
        self.rule = rule
        self.maximumOccurrences = maximumOccurrences
        self.initialDelay = initialDelay
    }

    /// In intervals, each counted from when the occurrence before was due, not from when it ended.
    ///
    /// The first occurrence is due when the initial delay has passed: without one, at once. Finer parts of durations than
    /// milliseconds are dropped.
    ///
    /// - Parameters:
    ///   - interval: the time from one occurrence to the next, at least one second.
    ///   - occurrences: after how many there are no more, at least 1; by default there is no limit.
    ///   - initialDelay: the time from the submission to the first occurrence, not negative; by default none.
    public static func every(
        _ interval: Duration, occurrences: Int? = nil, after initialDelay: Duration = .zero
    ) -> Recurrence {
        Recurrence(
            rule: .every(.milliseconds(interval.wholeMilliseconds)), maximumOccurrences: occurrences,
            initialDelay: .milliseconds(initialDelay.wholeMilliseconds))
    }

    /// At the times of a cron expression on the clock of a time zone.
    ///
    /// - Parameters:
    ///   - expression: the times.
    ///   - timeZone: the zone's identifier in the IANA data, such as `Europe/Berlin`; by default `UTC`.
    ///   - occurrences: after how many there are no more, at least 1; by default there is no limit.
    ///   - initialDelay: no occurrence is due before this time has passed since the submission; not negative, by default none.
    public static func cron(
        _ expression: CronExpression, timeZone: String = "UTC", occurrences: Int? = nil,
        after initialDelay: Duration = .zero
    ) -> Recurrence {
        Recurrence(
            rule: .cron(expression, timeZone: timeZone), maximumOccurrences: occurrences,
            initialDelay: .milliseconds(initialDelay.wholeMilliseconds))
    }

    /// At the times of a cron expression that is given as text; see the other overload for the parameters.
    ///
    /// - Throws: ``QueueError/Code/invalidSchedule`` with the ``CronError`` as `underlying`.
    public static func cron(
        parsing text: String, timeZone: String = "UTC", occurrences: Int? = nil, after initialDelay: Duration = .zero
    ) throws(QueueError) -> Recurrence {
        let expression: CronExpression
        do {
            expression = try CronExpression(parsing: text)
        } catch {
            throw QueueError(.invalidSchedule, "the cron expression is not valid: \(error)", underlying: error)
        }
        return .cron(expression, timeZone: timeZone, occurrences: occurrences, after: initialDelay)
    }

    /// Whether there is an occurrence more after so many.
    public func allowsOccurrence(after count: Int) -> Bool {
        maximumOccurrences.map { count < $0 } ?? true
    }
}

extension Recurrence {
    /// Checks that every part is in range.
    ///
    /// A time zone is checked for its form alone: 1…128 letters, digits, `_`, `+`, `-` and `/` of ASCII. Whether it exists is
    /// known to the `Schedule`.
    ///
    /// - Throws: ``QueueError/Code/invalidSchedule`` for the first part found wrong.
    public func validate() throws(QueueError) {
        switch rule {
        case .every(let interval):
            if interval < .seconds(1) {
                throw QueueError(.invalidSchedule, "the interval is \(interval), it must be at least one second")
            }
        case .cron(_, let timeZone):
            let isWellFormed = timeZone.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
                    UInt8(ascii: "-"), UInt8(ascii: "/"):
                    true
                default:
                    false
                }
            }
            guard isWellFormed, 1...128 ~= timeZone.utf8.count else {
                throw QueueError(.invalidSchedule, "the time zone is not an identifier such as Europe/Berlin")
            }
        }
        if let maximumOccurrences, maximumOccurrences < 1 {
            throw QueueError(
                .invalidSchedule, "the maximum number of occurrences is \(maximumOccurrences), it must be at least 1")
        }
        if initialDelay < .zero {
            throw QueueError(.invalidSchedule, "the initial delay is \(initialDelay), it must not be negative")
        }
    }
}
