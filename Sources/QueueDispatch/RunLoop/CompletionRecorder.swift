import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// Stores batches of completions where the run loop doesn't take them along with a claim, and tells what became of all of them:
/// events, metrics and statistics come from here, after the commit (rule C5).
final class CompletionRecorder: BatchCommitter {
    private let core: QueueCore
    /// What the last commit changed beside the batch's own jobs; told after them.
    private let changes = Mutex<[JobChange]>([])
    /// Jobs of the present lease whose ends can't be stored.
    private let left = Mutex<Set<JobID>>([])

    init(core: QueueCore) {
        self.core = core
    }

    func commit(_ batch: [FinishedAttempt]) async throws -> [CompletionOutcome] {
        let start = core.ticker.now()
        let result = try await core.store.turn(finishing: batch.map(\.completion), claiming: nil, at: core.now)
        note(result.changes, batch: batch.count, took: core.ticker.now() - start)
        return result.outcomes
    }

    func isTransient(_ error: any Error) -> Bool {
        (error as? QueueError)?.isTransient ?? false
    }

    /// Keeps what a transaction changed until its batch is told.
    func note(_ changes: [JobChange], batch: Int, took: Duration) {
        if !changes.isEmpty { self.changes.withLock { $0 += changes } }
        if batch > 0 { core.metrics.noteCommitted(batch: batch, took: took) }
    }

    /// Tells what became of a batch, and then what it caused.
    func settled(_ settlement: Settlement<FinishedAttempt, CompletionOutcome>) {
        switch settlement {
        case .committed(let batch, let outcomes):
            tellCommitted(batch, outcomes)
        case .rejected(let attempt, let error):
            left.withLock { _ = $0.insert(attempt.completion.id) }
            attempt.giveUp()
            core.metrics.noteRejected(attempt)
            core.configuration.log.log(
                .error, "the end of \(attempt.completion.id) can't be stored, and is left to recovery: \(error)")
            tell(.completionRejected(message: "\(error)"), of: attempt)
        }
        tellChanges()
    }

    /// Whether a job runs for the store, and for nobody until the lease ends, because its end can't be stored.
    func isLeftToRecovery(_ id: JobID) -> Bool {
        left.withLock { $0.contains(id) }
    }

    /// Forgets what was left under a lease that is over.
    func forgetLeft() {
        left.withLock { $0 = [] }
    }

    /// Tells what a turn changed that had no batch to go with.
    func tellChanges() {
        let changes = changes.withLock { changes in
            if changes.isEmpty { return [JobChange]() }
            defer { changes = [] }
            return changes
        }
        core.tell(changes)
    }

    private func tellCommitted(_ batch: [FinishedAttempt], _ outcomes: [CompletionOutcome]) {
        for (attempt, outcome) in zip(batch, outcomes) { attempt.settle(outcome) }
        core.metrics.noteEnded(batch, outcomes)
        guard core.events.wants([.ended, .attempts, .started, .trouble]) else { return }
        var events: [JobEvent] = []
        events.reserveCapacity(batch.count)
        for (attempt, outcome) in zip(batch, outcomes) { append(attempt, outcome, to: &events) }
        core.events.publish(events)
    }

    private func append(_ attempt: FinishedAttempt, _ outcome: CompletionOutcome, to events: inout [JobEvent]) {
        let completion = attempt.completion
        func add(_ kind: JobEvent.Kind) {
            events.append(
                JobEvent(kind, id: completion.id, type: attempt.execution.job.type, at: completion.endedAt))
        }
        let state: JobState
        switch outcome {
        case .recorded(let recorded): state = recorded
        case .stale: return add(.stale)
        case .effectFailed: return
        }
        if state.isTerminal { return add(.ended(state, completion.end.failure)) }
        switch completion.end {
        case .retry(let at, let failure): add(.retrying(at: at, failure))
        case .retryInPlace(let failure):
            add(.retrying(at: completion.endedAt, failure))
            add(.started(attempt: completion.attempt + 1))
        case .snooze(let until): add(.snoozed(until: until))
        case .release: add(.released)
        case .preempted where state == .preempted: add(.preempted)
        case .success:
            add(.waiting)
            // All children had ended before the job did.
            if state == .pending { add(.unblocked) }
        default: add(.released)
        }
    }

    private func tell(_ kind: JobEvent.Kind, of attempt: FinishedAttempt) {
        guard core.events.wants(kind.kinds) else { return }
        core.events.publish([
            JobEvent(kind, id: attempt.completion.id, type: attempt.execution.job.type, at: attempt.completion.endedAt)
        ])
    }
}
