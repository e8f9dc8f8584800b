extension RetryPolicy: LosslessStringConvertible {
    /// The policy as one line of text, from which ``init(_:)`` creates the same policy again.
    ///
    /// The format is stable: what one release writes, every later one reads. It is the version, the fields of
    /// ``Backoff/description``, and the limits:
    ///
    ///     retry/1 exponential from=1s factor=2 upto=60s jitter=full retries=5 deadline=none
    ///
    /// `retries` is a number or `unlimited`, `deadline` a duration or `none`. Equal policies have equal strings.
    public var description: String {
        let retries = maximumRetries == RetryPolicy.unlimited ? "unlimited" : String(maximumRetries)
        return "retry/1 \(backoff.fields) retries=\(retries) deadline=\(DurationText.limitText(deadlineNanoseconds))"
    }

    /// Creates a policy from its string form.
    ///
    /// Strict: `nil` for everything that ``description`` would not have written exactly so. A policy that was stored
    /// without being valid is read back as it was; see ``validate()``.
    public init?(_ description: String) {
        var reader = TextReader(description)
        guard reader.word() == "retry/1", let backoff = Backoff(reading: &reader),
            let retries = reader.field("retries"),
            let maximumRetries = retries == "unlimited" ? RetryPolicy.unlimited : Int(retries),
            let deadline = DurationText.limit(reader.field("deadline")), reader.isAtEnd
        else { return nil }
        self.init(backoff: backoff, maximumRetries: maximumRetries)
        deadlineNanoseconds = deadline
        guard self.description.utf8.elementsEqual(description.utf8) else { return nil }
    }
}

extension RetryPolicy: Codable {
    /// Decodes the string form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` if it is not one.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText()
    }

    /// Encodes the string form, as a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
