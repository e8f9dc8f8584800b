/// A recurrence: the interval or calendar by which a job repeats, the number of occurrences, and the initial delay.
///
/// It can be stored: it names its time zone without looking it up. A `Schedule` of the module QueueDispatch converts
/// it to instants.
public struct Recurrence: Hashable, Sendable {
    /// The rule that determines when the next occurrence is due.
    public enum Rule: Hashable, Sendable {
        /// A time after the previous occurrence was due, at least one second, in whole milliseconds.
        case every(Duration)
        /// The times of an expression on the clock of a time zone, by its identifier in the IANA data, such as
        /// `Europe/Berlin`.
        case cron(CronExpression, timeZone: String)
    }

    /// The rule that determines when the next occurrence is due.
    public let rule: Rule
    /// The maximum number of occurrences, at least 1; `nil` for no limit.
    ///
    /// Missed occurrences that collapse into one count as one, and skipped ones do not count.
    public let maximumOccurrences: Int?
    /// The minimum time from registration to the first occurrence, not negative, in whole milliseconds.
    public let initialDelay: Duration

    init(rule: Rule, maximumOccurrences: Int?, initialDelay: Duration) {
        self.rule = rule
        self.maximumOccurrences = maximumOccurrences
        self.initialDelay = initialDelay
    }

    /// Returns a recurrence by intervals, each counted from when the previous occurrence was due, not from when it
    /// ended.
    ///
    /// The first occurrence is due when the initial delay has passed, immediately by default. Fractions of
    /// milliseconds are dropped.
    ///
    /// - Parameters:
    ///   - interval: The time from one occurrence to the next, at least one second.
    ///   - occurrences: The maximum number of occurrences, at least 1; no limit by default.
    ///   - initialDelay: The time from registration to the first occurrence, not negative; none by default.
    public static func every(
        _ interval: Duration, occurrences: Int? = nil, after initialDelay: Duration = .zero
    ) -> Recurrence {
        Recurrence(
            rule: .every(.milliseconds(interval.wholeMilliseconds)), maximumOccurrences: occurrences,
            initialDelay: .milliseconds(initialDelay.wholeMilliseconds))
    }

    /// Returns a recurrence at the times of a cron expression on the clock of a time zone.
    ///
    /// - Parameters:
    ///   - expression: The times.
    ///   - timeZone: The zone's identifier in the IANA data, such as `Europe/Berlin`; `UTC` by default.
    ///   - occurrences: The maximum number of occurrences, at least 1; no limit by default.
    ///   - initialDelay: The time after registration before which no occurrence is due, not negative; none by
    ///     default.
    public static func cron(
        _ expression: CronExpression, timeZone: String = "UTC", occurrences: Int? = nil,
        after initialDelay: Duration = .zero
    ) -> Recurrence {
        Recurrence(
            rule: .cron(expression, timeZone: timeZone), maximumOccurrences: occurrences,
            initialDelay: .milliseconds(initialDelay.wholeMilliseconds))
    }

    /// Returns a recurrence at the times of a cron expression that is given as a string; see the other overload for
    /// the parameters.
    ///
    /// - Throws: ``QueueError/Code/invalidSchedule`` with the ``CronExpression/ParseError`` as `underlying`.
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

    /// Returns whether there is another occurrence after a number of them.
    public func allowsOccurrence(after count: Int) -> Bool {
        maximumOccurrences.map { count < $0 } ?? true
    }
}

extension Recurrence {
    /// Checks that every part is in range.
    ///
    /// A time zone is only checked for its form: 1…128 ASCII letters, digits, `_`, `+`, `-` and `/`. Whether it
    /// exists is checked by the `Schedule`.
    ///
    /// - Throws: ``QueueError/Code/invalidSchedule`` for the first part that is invalid.
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

extension Recurrence: LosslessStringConvertible {
    /// The value as one line of text, from which ``init(_:)`` creates the same value.
    ///
    /// The format is stable: later releases read what earlier ones write. One of
    ///
    ///     recurrence/1 every=900s occurrences=none delay=0s
    ///     recurrence/1 cron=30 3 * * MON-FRI zone=Europe/Berlin occurrences=10 delay=1500ms
    ///
    /// with single spaces and all fields in this order. `/1` is the version of the format. A duration is a whole
    /// number of seconds, or of milliseconds if it is not whole. Equal values have equal strings.
    public var description: String {
        let occurrences = maximumOccurrences.map(String.init) ?? "none"
        let limits = "occurrences=\(occurrences) delay=\(Self.text(initialDelay))"
        switch rule {
        case .every(let interval):
            return "recurrence/1 every=\(Self.text(interval)) \(limits)"
        case .cron(let expression, let timeZone):
            return "recurrence/1 cron=\(expression) zone=\(timeZone) \(limits)"
        }
    }

    /// Creates a valid value from its string.
    ///
    /// Strict: `nil` for any string that is not exactly the ``description`` of a value, and for that of a value that
    /// ``validate()`` rejects.
    public init?(_ description: String) {
        var words = description.split(separator: " ", omittingEmptySubsequences: false)[...]
        guard words.popFirst() == "recurrence/1",
            let delay = words.popLast().flatMap({ Self.value(of: "delay", in: $0) }).flatMap(Self.duration),
            let occurrences = words.popLast().flatMap({ Self.value(of: "occurrences", in: $0) }),
            let rule = Self.rule(words)
        else { return nil }
        let maximum = Int(occurrences)
        guard maximum != nil || occurrences == "none" else { return nil }
        self.init(rule: rule, maximumOccurrences: maximum, initialDelay: delay)
        do {
            try validate()
        } catch {
            return nil
        }
        // One string per value: other spellings of the same value (a leading zero, a small letter) are rejected here.
        guard self.description.utf8.elementsEqual(description.utf8) else { return nil }
    }

    /// The rule of the words between the version and the limits.
    private static func rule(_ words: ArraySlice<Substring>) -> Rule? {
        var words = words
        if words.count == 1 {
            return words.popFirst().flatMap { value(of: "every", in: $0) }.flatMap(duration).map(Rule.every)
        }
        guard let zone = words.popLast().flatMap({ value(of: "zone", in: $0) }),
            let text = value(of: "cron", in: Substring(words.joined(separator: " "))),
            let expression = CronExpression(String(text))
        else { return nil }
        return .cron(expression, timeZone: String(zone))
    }

    private static func value(of name: String, in word: Substring) -> Substring? {
        let start = "\(name)="
        return word.utf8.starts(with: start.utf8) ? Substring(word.utf8.dropFirst(start.utf8.count)) : nil
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        return milliseconds.isMultiple(of: 1000) ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }

    private static func duration(_ text: Substring) -> Duration? {
        if text.hasSuffix("ms") { return Int64(text.dropLast(2)).map { Duration.milliseconds($0) } }
        guard text.hasSuffix("s") else { return nil }
        // Whole seconds beyond what milliseconds can count were not written by a value.
        return Int64(text.dropLast()).flatMap { $0.multipliedReportingOverflow(by: 1000).overflow ? nil : .seconds($0) }
    }
}

extension Recurrence: Codable {
    /// Decodes the string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` if it is not a recurrence, or an invalid one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Recurrence(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not the text form of a recurrence: \(text)")
        }
        self = value
    }

    /// Encodes the value as a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
