public import QueueModel
import QueueStoreKit

extension JobQueue {
    // MARK: Jobs

    /// Cancels a job (rule E6).
    ///
    /// One that has not started ends as cancelled at once, with its children, and those that depend on it as their policies say. One
    /// that runs is asked to stop, wherever it runs, and ends as cancelled even if it returns normally; unless it had returned
    /// before the request was recorded.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/unknownJob`` if no job has the id; what the store throws.
    @discardableResult
    public func cancel(_ id: JobID) async throws(QueueError) -> CancelOutcome {
        let outcome = try await store.cancel(id, at: now)
        switch outcome {
        case .unknown:
            throw QueueError(.unknownJob, "there is no job \(id)", jobs: [id])
        case .cancelled(let changes):
            await core.tellCancelled(id, changes)
        case .requested(worker: _, let changes):
            // The job itself hears of it by the store's signal.
            core.tell(changes)
        case .alreadyEnded:
            break
        }
        return outcome
    }

    /// Makes a new job of one that has ended, such as a dead letter, with the same payload and settings, and retries from zero.
    ///
    /// The old one stays in history.
    ///
    /// - Throws: ``QueueError/Code/unknownJob``; ``QueueError/Code/notPossibleNow`` for a job that has not ended.
    @discardableResult
    public func resubmit(_ id: JobID) async throws(QueueError) -> SubmitOutcome {
        let outcome = try await store.resubmit(id, at: now)
        core.metrics.noteSubmitted(CollectionOfOne(outcome))
        if events.wants(.submitted) {
            core.tell(.submitted(outcome), id: outcome.id, type: try? await store.job(outcome.id)?.type)
        }
        return outcome
    }

    // MARK: Holds

    /// Holds a part of the store's jobs, for all workers, until it is resumed or its time has come.
    ///
    /// The time under holds does not count as waiting for aging (rule D5).
    ///
    /// - Parameters:
    ///   - target: What is held.
    ///   - reason: The name under which it is lifted; several reasons can lie on one part, which moves again when the last is lifted.
    ///   - until: When it lifts itself; `nil`: never.
    ///   - stopsRunning: Whether running jobs of the part are asked to stop, on all workers; they go back to their places without a failed
    ///     attempt. Default `false`: what runs goes on.
    public func pause(
        _ target: Pause.Target, reason: String = "paused", until: Timestamp? = nil, stopsRunning: Bool = false
    ) async throws(QueueError) {
        try TextRule.key.check(reason)
        switch target {
        case .queue: break
        // The empty name means the jobs that belong to no domain.
        case .domain(let name): if !name.isEmpty { try TextRule.domain.check(name) }
        case .group(let name): try TextRule.group.check(name)
        }
        let pause = Pause(target, reason: reason, until: until, stopsRunning: stopsRunning)
        try await store.pause(pause, at: now)
        core.tell(.paused(pause))
        core.worker?.pausesChanged()
    }

    /// Lifts a hold, or with `nil` all holds that lie on a part.
    ///
    /// Returns whether there was one.
    @discardableResult
    public func resume(_ target: Pause.Target, reason: String? = nil) async throws(QueueError) -> Bool {
        let lifted = try await store.resume(target, reason: reason, at: now)
        if lifted { core.tell(.resumed(target)) }
        core.worker?.pausesChanged()
        return lifted
    }

    /// The holds that lie on the store's jobs.
    public func pauses() async throws(QueueError) -> [Pause] {
        try await store.pauses(at: now)
    }

    // MARK: Limits

    /// Changes how many jobs this worker runs at once; at least 1.
    ///
    /// It counts from the next claim on. What runs above a lower limit goes on.
    public func setConcurrency(_ limit: Int) throws(QueueError) {
        guard limit >= 1 else {
            throw QueueError(.invalidOption, "the concurrency is \(limit), it must be at least 1")
        }
        core.rules.change { $0.concurrency = limit }
        core.wake()
    }

    /// Changes how many jobs of a domain this worker runs at once; at least 1, `nil`: no limit.
    ///
    /// Counts from the next claim on.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for a limit out of range, or a domain that is not registered.
    public func setConcurrency(_ limit: Int?, ofDomain domain: String) throws(QueueError) {
        if let limit, limit < 1 {
            throw QueueError(
                .invalidOption, "the concurrency of domain \"\(domain)\" is \(limit), it must be at least 1")
        }
        guard core.rules.change({ $0.setDomain(domain, limit: limit) }) else {
            throw QueueError(.invalidOption, "the domain \"\(domain)\" is not registered with this queue")
        }
        core.wake()
    }

    /// Changes the rule of a group; `nil`: that of groups without one of their own.
    ///
    /// Counts from the next claim on.
    public func setRule(_ rule: GroupRule?, ofGroup group: String) throws(QueueError) {
        try TextRule.group.check(group)
        try rule?.validate("of group \"\(group)\"")
        core.rules.change { $0.setGroup(group, rule: rule) }
        core.wake()
    }

    /// Changes how often jobs of a type may start; `nil`: as often as they like (rule D4).
    ///
    /// Counts from the next claim on of this queue; others that run the type have limits of their own over the same bucket. What
    /// the bucket holds is kept, up to the new burst.
    ///
    /// - Parameters:
    ///   - limit: The limit.
    ///   - type: The job type.
    ///   - domain: The domain, where the type is registered in several; `nil`: the only one.
    /// - Throws: ``QueueError/Code/invalidOption``, ``QueueError/Code/unknownJobType``, ``QueueError/Code/ambiguousJobType``.
    public func setRateLimit<Payload: Job>(
        _ limit: RateLimit?, of type: Payload.Type, domain: String? = nil
    ) throws(QueueError) {
        try limit?.validate()
        let executor = try registry.executor(for: type, domain: domain)
        let types = registry.byType.filter { $0.value === executor }.map(\.key)
        core.rules.change { $0.setRate(limit, of: types, bucket: executor.type) }
        core.wake()
    }

    /// Changes how jobs that wait become more urgent; `nil`: they do not (rule D5).
    ///
    /// Counts from the next claim on.
    public func setAging(_ policy: AgingPolicy?) throws(QueueError) {
        try policy?.validate()
        core.rules.change { $0.setAging(policy) }
        core.wake()
    }

    /// Changes how this worker's slots are divided between groups; `nil`: by priority alone (rule D6).
    ///
    /// Counts from the next claim on; what groups have used so far still counts.
    public func setFairShare(_ policy: FairSharePolicy?) throws(QueueError) {
        try policy?.validate()
        core.rules.change { $0.setFairShare(policy) }
        core.wake()
    }
}
