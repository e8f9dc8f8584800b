public import QueueModel
import QueueStoreKit

extension JobQueue {
    // MARK: Jobs

    /// Cancels a job.
    ///
    /// A job that has not started ends as canceled at once, with its children; jobs that depend on it follow their
    /// policies. A job that runs is asked to stop, on whichever worker, and ends as canceled even if its executor
    /// returns normally, unless the executor had returned before the request was recorded.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/unknownJob`` if no job has the id; the store's errors.
    @discardableResult
    public func cancel(_ id: JobID) async throws(QueueError) -> CancelOutcome {
        let outcome = try await store.cancel(id, at: core.now)
        switch outcome {
        case .unknown:
            throw QueueError(.unknownJob, "there is no job \(id)", jobs: [id])
        case .cancelled(let changes):
            await core.reportCancelled(id, changes)
        case .requested(worker: _, let changes):
            // The job itself learns of it by the store's signal.
            core.reporter.report(changes)
        case .alreadyEnded:
            break
        }
        return outcome
    }

    /// Submits an ended job anew, such as a dead letter, with the same payload and settings and with all of its
    /// retries.
    ///
    /// The old job stays in the history.
    ///
    /// - Throws: ``QueueError/Code/unknownJob``; ``QueueError/Code/notPossibleNow`` for a job that has not ended.
    @discardableResult
    public func resubmit(_ id: JobID) async throws(QueueError) -> SubmitOutcome {
        let outcome = try await store.resubmit(id, at: core.now)
        core.metrics.noteSubmitted(CollectionOfOne(outcome))
        if core.events.wants(.submitted) {
            core.reporter.report(.submitted(outcome), id: outcome.id, type: try? await store.job(outcome.id)?.type)
        }
        return outcome
    }

    // MARK: Pauses

    /// Pauses part of the store's jobs, for all workers, until it is resumed or the given time.
    ///
    /// Time spent paused does not count as waiting for aging.
    ///
    /// - Parameters:
    ///   - target: The part to pause.
    ///   - reason: The name under which the pause is lifted. Several reasons can apply to one part, which continues
    ///     when the last is lifted.
    ///   - until: When the pause ends by itself; `nil`: never.
    ///   - stopsRunning: Whether running jobs of the part are asked to stop, on all workers. They return to their
    ///     places, and the attempt does not count as failed. Default `false`: running jobs continue.
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
        try await store.pause(pause, at: core.now)
        core.reporter.report(.paused(pause))
        core.worker?.pausesChanged()
    }

    /// Lifts the pause of a part under one reason, or with `nil` all pauses of the part.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    public func resume(_ target: Pause.Target, reason: String? = nil) async throws(QueueError) -> Bool {
        let lifted = try await store.resume(target, reason: reason, at: core.now)
        if lifted { core.reporter.report(.resumed(target)) }
        core.worker?.pausesChanged()
        return lifted
    }

    /// Returns the pauses in force.
    public func pauses() async throws(QueueError) -> [Pause] {
        try await store.pauses(at: core.now)
    }
}
