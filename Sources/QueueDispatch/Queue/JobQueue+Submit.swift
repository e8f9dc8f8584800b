public import QueueModel
import QueueStoreKit

extension JobQueue {
    // MARK: Submitting

    /// Submits a job.
    ///
    /// The job is committed, as durably as the store promises, when the call returns.
    ///
    /// - Returns: The outcome, with the id of the job that now represents the work.
    /// - Throws: ``QueueError`` for a submission that is not valid, or of the store; then nothing has changed.
    @discardableResult
    public func submit<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) async throws(QueueError) -> SubmitOutcome {
        let now = core.now
        return try await core.submit(try core.resolver.resolve(payload, options, at: now), at: now)
    }

    /// Submits jobs of one type in one transaction: all of them or none.
    ///
    /// - Returns: One outcome per payload, in the same order.
    /// - Throws: ``QueueError``, whose ``QueueError/index`` is that of the first payload at fault; then nothing has
    ///   changed.
    @discardableResult
    public func submit<Payload: Job>(
        contentsOf payloads: some Sequence<Payload>, _ options: SubmitOptions = SubmitOptions()
    ) async throws(QueueError) -> [SubmitOutcome] {
        let now = core.now
        var batch: [JobSubmission] = []
        batch.reserveCapacity(payloads.underestimatedCount)
        for payload in payloads {
            do throws(QueueError) {
                batch.append(try core.resolver.resolve(payload, options, at: now))
            } catch {
                throw error.at(index: batch.count)
            }
        }
        // Each has been validated; what remains is what concerns them together.
        if !options.dependencies.isEmpty { try JobSubmission.validate(batch, limits: configuration.limits) }
        return try await core.submit(contentsOf: batch, at: now)
    }

    /// Returns the submission that ``submit(_:_:)`` would make of a payload.
    ///
    /// Use it for batches of several types, and for payloads that depend on others of their batch.
    public func submission<Payload: Job>(
        of payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) throws(QueueError) -> JobSubmission {
        try core.resolver.resolve(payload, options, at: core.now)
    }

    /// Submits prepared submissions of any types in one transaction: all of them or none.
    ///
    ///     try await queue.submit(batch: [
    ///         queue.submission(of: Extract(source)),
    ///         queue.submission(of: Load(target), SubmitOptions(dependencies: [.submission(0)])),
    ///     ])
    @discardableResult
    public func submit(batch: [JobSubmission]) async throws(QueueError) -> [SubmitOutcome] {
        try core.resolver.check(batch)
        return try await core.submit(contentsOf: batch, at: core.now)
    }
}
