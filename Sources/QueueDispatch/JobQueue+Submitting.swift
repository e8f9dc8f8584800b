public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// Submits a job.
    ///
    /// It is committed, as durably as the store promises, when the call returns.
    ///
    /// - Returns: What became of it, with the id of the job that now stands for the work.
    /// - Throws: ``QueueError`` with the codes of rule S7, or of the store; then nothing has changed.
    @discardableResult
    public func submit<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) async throws(QueueError) -> SubmitOutcome {
        let now = now
        return try await core.submit(try resolver.resolve(payload, options, at: now), at: now)
    }

    /// Submits jobs of one type in one transaction: all of them, or none.
    ///
    /// - Returns: An outcome for each, in order.
    /// - Throws: ``QueueError``, whose ``QueueError/index`` names the first that is at fault; then nothing has changed.
    @discardableResult
    public func submit<Payload: Job>(
        contentsOf payloads: some Sequence<Payload>, _ options: SubmitOptions = SubmitOptions()
    ) async throws(QueueError) -> [SubmitOutcome] {
        let now = now
        var batch: [JobSubmission] = []
        batch.reserveCapacity(payloads.underestimatedCount)
        for payload in payloads {
            do throws(QueueError) {
                batch.append(try resolver.resolve(payload, options, at: now))
            } catch {
                throw error.at(index: batch.count)
            }
        }
        // Each has been validated; what is left is what concerns them together.
        if !options.dependencies.isEmpty { try JobSubmission.validate(batch, limits: configuration.limits) }
        return try await core.submit(contentsOf: batch, at: now)
    }

    /// The submission that ``submit(_:_:)`` would make of a payload: for batches of several types, and for payloads that depend on
    /// others of their batch.
    public func submission<Payload: Job>(
        of payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) throws(QueueError) -> JobSubmission {
        try resolver.resolve(payload, options, at: now)
    }

    /// Submits what was prepared, of any types, in one transaction: all of it, or nothing.
    ///
    ///     try await queue.submit(batch: [
    ///         queue.submission(of: Extract(source)),
    ///         queue.submission(of: Load(target), SubmitOptions(dependencies: [.submission(0)])),
    ///     ])
    @discardableResult
    public func submit(batch: [JobSubmission]) async throws(QueueError) -> [SubmitOutcome] {
        try resolver.check(batch)
        return try await core.submit(contentsOf: batch, at: now)
    }
}
