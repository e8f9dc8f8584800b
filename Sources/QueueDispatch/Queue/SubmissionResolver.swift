import QueueModel

/// Makes submissions for the store: encodes payloads, and resolves each setting over its levels: the submission, the
/// job type, the domain, the queue, the built-in default.
struct SubmissionResolver: Sendable {
    let registry: Registry
    let coder: any PayloadCoder
    let limits: JobSubmission.Limits

    /// Returns the submission of a payload, validated.
    func resolve<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions, at now: Timestamp
    ) throws(QueueError) -> JobSubmission {
        let executor = try registry.executor(for: Payload.self, domain: options.domain)
        // The two last levels meet here, field by field: making merged options would cost as much as the rest.
        let (own, general) = (options.settings, executor.options)
        let bytes = try encode(payload)
        let submission = JobSubmission(
            type: executor.type,
            payload: bytes,
            payloadVersion: Payload.version,
            priority: own.priority ?? general.priority ?? .normal,
            group: own.group ?? general.group,
            key: Self.key(options.uniqueness ?? payload.uniqueness, of: bytes),
            onDuplicate: own.onDuplicate ?? general.onDuplicate ?? .skip,
            label: options.label ?? payload.label,
            tags: JobOptions.merge(own.tags, over: general.tags),
            runAfter: try Self.instant(options.runAfter, after: now),
            expiresAt: try Self.end(of: own.timeToLive ?? general.timeToLive, after: now),
            dependencies: options.dependencies,
            dependencyPolicy: options.dependencyPolicy,
            parent: options.parent,
            failFast: own.failFast ?? general.failFast ?? true,
            retry: own.retry,
            timeout: own.timeout,
            expectedIO: own.expectedIO ?? general.expectedIO)
        try submission.validate(limits: limits)
        return submission
    }

    /// Checks prepared submissions.
    func check(_ batch: [JobSubmission]) throws(QueueError) {
        try JobSubmission.validate(batch, limits: limits)
        for (index, submission) in batch.enumerated() where registry.byType[submission.type] == nil {
            throw QueueError(
                .unknownJobType, "the job type \"\(submission.type)\" is not registered with this queue", index: index)
        }
    }

    private func encode(_ payload: some Job) throws(QueueError) -> [UInt8] {
        do {
            return try payload.encodePayload(with: coder)
        } catch {
            throw QueueError(.payloadNotEncodable, "the payload can't be encoded", underlying: error)
        }
    }

    private static func key(_ uniqueness: Uniqueness, of payload: [UInt8]) -> Uniqueness.Key? {
        switch uniqueness {
        case .none: nil
        case .payload: .payload(payload)
        case .key(let text): .text(text)
        }
    }

    private static func instant(
        _ runAfter: SubmitOptions.RunAfter?, after now: Timestamp
    ) throws(QueueError) -> Timestamp? {
        switch runAfter {
        case nil:
            return nil
        case .instant(let instant):
            return instant > now ? instant : nil
        case .delay(let delay):
            guard delay >= .zero else {
                throw QueueError(.invalidOption, "the delay is \(delay), it must not be negative")
            }
            return delay == .zero ? nil : now.advanced(by: delay)
        }
    }

    private static func end(of timeToLive: Duration?, after now: Timestamp) throws(QueueError) -> Timestamp? {
        guard let timeToLive else { return nil }
        guard timeToLive > .zero else {
            throw QueueError(.invalidOption, "the time to live is \(timeToLive), it must be above zero")
        }
        return now.advanced(by: timeToLive)
    }
}

extension SubmissionResolver {
    /// Returns the recurring job of a payload, validated.
    func resolve<Payload: Job>(
        _ payload: Payload, _ recurrence: Recurrence, _ options: SubmitOptions, at now: Timestamp
    ) throws(QueueError) -> RecurringJob {
        if options.runAfter != nil {
            throw QueueError(
                .invalidOption,
                "a recurring job can't have an earliest start; say when it begins with the recurrence's initial delay")
        }
        let executor = try registry.executor(for: Payload.self, domain: options.domain)
        var submission = try resolve(payload, options, at: now)
        // Each occurrence has its own, counted from its submission.
        submission.expiresAt = nil
        let job = RecurringJob(
            submission, recurrence, timeToLive: options.settings.timeToLive ?? executor.options.timeToLive)
        try job.validate(limits: limits)
        return job
    }

    /// Checks a prepared recurring job.
    func check(_ job: RecurringJob) throws(QueueError) {
        try job.validate(limits: limits)
        guard registry.byType[job.submission.type] != nil else {
            throw QueueError(
                .unknownJobType, "the job type \"\(job.submission.type)\" is not registered with this queue")
        }
    }
}
