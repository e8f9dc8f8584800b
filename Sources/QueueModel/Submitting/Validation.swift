import QueueBackoff

extension JobSubmission {
    /// Checks the submission by all rules that need no store.
    ///
    /// Whether dependencies and a parent exist is checked by the store.
    ///
    /// - Throws: ``QueueError`` for the first part that is invalid.
    public func validate(limits: JobSubmission.Limits = .default) throws(QueueError) {
        try TextRule.type.check(type.rawValue)
        if payload.count > limits.payloadBytes {
            throw QueueError(
                .payloadTooLarge, "the payload has \(payload.count) bytes, the limit is \(limits.payloadBytes)")
        }
        if !JobSubmission.Limits.payloadVersions.contains(payloadVersion) {
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
        if dependencies.count > JobSubmission.Limits.dependencies {
            throw QueueError(
                .invalidOption,
                "the job has \(dependencies.count) dependencies, the limit is \(JobSubmission.Limits.dependencies)")
        }
    }

    private static func check(_ tags: [Tag]) throws(QueueError) {
        if tags.count > JobSubmission.Limits.tags {
            throw QueueError(.tooManyTags, "the job has \(tags.count) tags, the limit is \(JobSubmission.Limits.tags)")
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

/// The limits of one kind of string.
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
        name: "tag key", maximumBytes: JobSubmission.Limits.tagKeyBytes, code: .invalidTag)
    package static let tagValue = TextRule(
        name: "tag value", maximumBytes: JobSubmission.Limits.tagValueBytes, mayBeEmpty: true, code: .invalidTag)

    private init(
        name: String, maximumBytes: Int = JobSubmission.Limits.textBytes, mayBeEmpty: Bool = false,
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

extension JobSubmission {
    /// Checks a batch by all rules that need no store.
    ///
    /// In addition to each submission's own rules, this checks references between submissions: each must be inside
    /// the batch, and no chain of them may lead back to its start. The cost is linear in the number of submissions
    /// and references.
    ///
    /// - Throws: ``QueueError`` with the index of the submission at fault in ``QueueError/index``.
    public static func validate(
        _ batch: [JobSubmission], limits: JobSubmission.Limits = .default
    ) throws(QueueError) {
        var refersToBatch = false
        for (index, submission) in batch.enumerated() {
            do throws(QueueError) {
                try submission.validate(limits: limits)
                for case .submission(let other) in submission.dependencies {
                    refersToBatch = true
                    if !batch.indices.contains(other) {
                        throw QueueError(
                            .unknownDependency,
                            "the dependency on submission \(other) is outside of the batch of \(batch.count)")
                    }
                }
            } catch {
                throw error.at(index: index)
            }
        }
        if refersToBatch, let cycle = cycle(among: batch.map(\.places)) {
            let path = (cycle + cycle.prefix(1)).map { "\($0)" }.joined(separator: " → ")
            throw QueueError(
                .dependencyCycle, "submissions of the batch wait for each other: \(path)", index: cycle.first)
        }
    }

    /// The indexes in its batch that the submission depends on.
    private var places: [Int] {
        dependencies.compactMap { if case .submission(let place) = $0 { place } else { nil } }
    }

    /// Returns the indexes of a cycle in a list of references from each index to others, in order, if there is one.
    ///
    /// Depth first, without recursion, because a chain may be long. The cost is linear in the number of indexes and
    /// references.
    package static func cycle(among references: [[Int]]) -> [Int]? {
        enum Mark { case unseen, onPath, done }
        var marks = [Mark](repeating: .unseen, count: references.count)
        for start in references.indices where marks[start] == .unseen {
            var path = [(place: start, next: 0)]
            marks[start] = .onPath
            while let (place, next) = path.last {
                guard next < references[place].count else {
                    marks[place] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let other = references[place][next]
                switch marks[other] {
                case .done: continue
                case .onPath: return Array(path.map(\.place).drop { $0 != other })
                case .unseen:
                    marks[other] = .onPath
                    path.append((other, 0))
                }
            }
        }
        return nil
    }
}
