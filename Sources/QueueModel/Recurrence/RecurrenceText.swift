extension Recurrence: LosslessStringConvertible {
    /// The value as one line of text, from which ``init(_:)`` makes the same value again.
    ///
    /// The format is stable: what one release writes, every later one reads. One of
    ///
    ///     recurrence/1 every=900s occurrences=none delay=0s
    ///     recurrence/1 cron=30 3 * * MON-FRI zone=Europe/Berlin occurrences=10 delay=1500ms
    ///
    /// with single spaces and all fields in this order. `/1` is the version of the format. A duration is a whole number of
    /// seconds, or of milliseconds where there is a rest. Equal values have equal texts.
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

    /// Makes a valid value of its text form.
    ///
    /// Strict: `nil` for everything that ``description`` of a valid value would not have written exactly so, and for the text of a
    /// value that ``validate()`` refuses.
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
        // One text a value: what reads as the same in other words (a leading zero, a small letter) is refused here.
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
    /// Decodes the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` if it is not one, or of a value that is not valid.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Recurrence(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not the text form of a recurrence: \(text)")
        }
        self = value
    }

    /// Encodes the text form, as a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
