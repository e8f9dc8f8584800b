public import QueueModel
import Synchronization

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
            await tellCancelled(id, changes)
        case .requested(worker: _, let changes):
            // The job itself hears of it by the store's signal.
            tell(changes)
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
        if events.wants(.submitted) {
            tell(.submitted(outcome), id: outcome.id, type: try? await store.job(outcome.id)?.type)
        }
        return outcome
    }

    /// Tells of the end of a job that had not started, and then of what it caused.
    private func tellCancelled(_ id: JobID, _ changes: [JobChange]) async {
        // The type is for subscribers alone, and costs a look.
        guard events.wants([.ended, .unblocked]) else { return }
        if !changes.contains(where: { $0.id == id }) {
            tell(.ended(.cancelled, nil), id: id, type: try? await store.job(id)?.type)
        }
        tell(changes)
    }

    // MARK: Holds

    /// Holds a part of the store's jobs, for all workers, until it is resumed or its time has come.
    ///
    /// What runs goes on.
    public func pause(
        _ target: Pause.Target, reason: String = "paused", until: Timestamp? = nil
    ) async throws(QueueError) {
        try TextRule.key.check(reason)
        let pause = Pause(target, reason: reason, until: until)
        try await store.pause(pause, at: now)
        tell(.paused(pause))
        holdsChanged()
    }

    /// Lifts a hold, or with `nil` all holds that lie on a part.
    ///
    /// Returns whether there was one.
    @discardableResult
    public func resume(_ target: Pause.Target, reason: String? = nil) async throws(QueueError) -> Bool {
        let lifted = try await store.resume(target, reason: reason, at: now)
        if lifted { tell(.resumed(target)) }
        holdsChanged()
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
        admission.withLock { $0.concurrency = limit }
        wake()
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
        guard admission.withLock({ $0.setDomain(domain, limit: limit) }) else {
            throw QueueError(.invalidOption, "the domain \"\(domain)\" is not registered with this queue")
        }
        wake()
    }

    /// Changes the rule of a group; `nil`: that of groups without one of their own.
    ///
    /// Counts from the next claim on.
    public func setRule(_ rule: GroupRule?, ofGroup group: String) throws(QueueError) {
        try TextRule.group.check(group)
        if let limit = rule?.limit, limit < 0 {
            throw QueueError(.invalidOption, "the limit of group \"\(group)\" is negative")
        }
        admission.withLock { $0.setGroup(group, rule: rule) }
        wake()
    }
}
