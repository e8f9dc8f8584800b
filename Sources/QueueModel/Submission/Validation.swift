import QueueBackoff

extension JobSubmission {
    /// Throws what is wrong with the submission by itself: rule S7 as far as no store is needed.
    ///
    /// Nothing is looked up, so unknown dependencies and parents are the store's to find.
    public func validate(limits: SubmissionLimits = .default) throws(QueueError) {
        try TextRule.type.check(type.rawValue)
        if payload.count > limits.payloadBytes {
            throw QueueError(
                .payloadTooLarge, "the payload has \(payload.count) bytes, the limit is \(limits.payloadBytes)")
        }
        if !SubmissionLimits.payloadVersions.contains(payloadVersion) {
            throw QueueError(.invalidOption, "the payload's version is \(payloadVersion), it must be 0…2147483647")
        }
        if let group { try TextRule.group.check(group) }
        if let label { try TextRule.label.check(label) }
        if case .text(let text) = key { try TextRule.key.check(text) }
        if !tags.isEmpty { try Self.check(tags) }
        if let occurrence { try TextRule.schedule.check(occurrence.schedule.rawValue) }
        if let timeout, timeout <= .zero {
            throw QueueError(.invalidOption, "the timeout is \(timeout), it must be above zero")
        }
        if let retry {
            do {
                try retry.validate()
            } catch {
                throw QueueError(.invalidOption, "the retry policy is not valid: \(error)", underlying: error)
            }
        }
        if let io = expectedIO, min(io.diskRead, io.diskWritten, io.networkReceived, io.networkSent) < 0 {
            throw QueueError(.invalidOption, "expected IO must not be negative")
        }
        if dependencies.count > SubmissionLimits.dependencies {
            throw QueueError(
                .invalidOption,
                "the job has \(dependencies.count) dependencies, the limit is \(SubmissionLimits.dependencies)")
        }
    }

    private static func check(_ tags: [Tag]) throws(QueueError) {
        if tags.count > SubmissionLimits.tags {
            throw QueueError(.tooManyTags, "the job has \(tags.count) tags, the limit is \(SubmissionLimits.tags)")
        }
        for (index, tag) in tags.enumerated() {
            try TextRule.tagKey.check(tag.key)
            try TextRule.tagValue.check(tag.value)
            // 64 tags at most, so looking at all earlier ones costs less than a set.
            for earlier in tags[..<index] where earlier.key == tag.key {
                throw QueueError(.invalidTag, "the tag key \"\(tag.key)\" stands on the job twice")
            }
        }
    }
}

/// What is allowed of one kind of text.
package struct TextRule: Sendable {
    let name: String
    let maximumBytes: Int
    let mayBeEmpty: Bool
    let code: QueueError.Code

    package static let type = TextRule(name: "type")
    package static let key = TextRule(name: "unique key")
    package static let group = TextRule(name: "group")
    package static let label = TextRule(name: "label")
    package static let domain = TextRule(name: "domain")
    package static let schedule = TextRule(name: "schedule's id")
    package static let tagKey = TextRule(
        name: "tag key", maximumBytes: SubmissionLimits.tagKeyBytes, code: .invalidTag)
    package static let tagValue = TextRule(
        name: "tag value", maximumBytes: SubmissionLimits.tagValueBytes, mayBeEmpty: true, code: .invalidTag)

    private init(
        name: String, maximumBytes: Int = SubmissionLimits.textBytes, mayBeEmpty: Bool = false,
        code: QueueError.Code = .invalidText
    ) {
        self.name = name
        self.maximumBytes = maximumBytes
        self.mayBeEmpty = mayBeEmpty
        self.code = code
    }

    package func check(_ text: String) throws(QueueError) {
        let utf8 = text.utf8
        if utf8.count > maximumBytes {
            throw QueueError(code, "the \(name) has \(utf8.count) bytes, the limit is \(maximumBytes)")
        }
        if utf8.isEmpty && !mayBeEmpty {
            throw QueueError(code, "the \(name) is empty")
        }
        if utf8.withContiguousStorageIfAvailable({ $0.contains(0) }) ?? utf8.contains(0) {
            throw QueueError(code, "the \(name) contains a NUL")
        }
    }
}
