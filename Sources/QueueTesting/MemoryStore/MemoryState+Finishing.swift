import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Records how an attempt ended, with everything that follows.
    mutating func finish(
        _ completion: Completion, at now: Timestamp, _ report: inout CommitReport
    ) -> CompletionOutcome {
        let id = completion.id
        guard let entry = jobs[id] else { return .stale }
        let decision = FinishDecision(of: completion, for: entry.finishFacts)
        guard let state = decision.state else { return .stale }
        if decision.performsEffects, let failure = perform(completion.effects) { return .effectFailed(failure) }
        update(id, at: now) {
            $0.record.startedAt = completion.startedAt
            $0.record.io = completion.io
            $0.record.retryDelay = completion.retryDelay
        }
        jobs[id]?.closeAttempt(
            startedAt: completion.startedAt, endedAt: completion.endedAt, decision.attemptFailure(completion.end))
        apply(decision, to: entry.record, completion, at: now, &report)
        return .recorded(state)
    }

    private mutating func apply(
        _ decision: FinishDecision, to record: JobRecord, _ completion: Completion, at now: Timestamp,
        _ report: inout CommitReport
    ) {
        let id = record.id
        switch decision {
        case .stale: break
        case .end(let state, let output, let failure):
            if state == .completed {
                statistics.count(record.type, at: now) {
                    $0.ran(from: completion.startedAt, to: completion.endedAt, io: completion.io)
                }
            }
            update(id, at: now) { if let output { $0.record.output = output } }
            propagate([.end(id, as: state, failure, cause: nil, at: completion.endedAt)], at: now, &report)
        case .wait(let output):
            update(id, at: now) {
                $0.record.state = .waiting
                if let output { $0.record.output = output }
            }
        case .finalize(let output):
            update(id, at: now) {
                $0.finalize()
                if let output { $0.record.output = output }
            }
            report.noteWork(record.priority)
        case .requeue(let start, let failure):
            if failure != nil { statistics.count(record.type, at: now) { $0.retried() } }
            update(id, at: now) {
                $0.record.state = .pending
                if let start {
                    $0.record.runAfter = start
                    // It waits anew, from its new start.
                    $0.preemptedFor = 0
                }
                if let failure {
                    $0.record.retries += 1
                    $0.record.failure = failure
                }
            }
            report.noteWork(record.priority)
        case .preempt:
            update(id, at: now) {
                $0.record.state = .preempted
                $0.preemptedAt = now
            }
        case .retryInPlace(let failure):
            statistics.count(record.type, at: now) { $0.retried() }
            update(id, at: now) {
                $0.record.retries += 1
                $0.record.failure = failure
                $0.record.attempt += 1
                $0.record.startedAt = completion.endedAt
                $0.openAttempt(at: completion.endedAt)
            }
        }
    }

    /// Performs effects in order; returns why they were undone, if one has failed.
    private mutating func perform(_ effects: [any CompletionEffect]) -> EffectFailure? {
        if effects.isEmpty { return nil }
        var changed = values
        for effect in effects {
            guard let effect = effect as? MemoryEffect else { return .notAccepted(effect) }
            do {
                try effect.body(&changed)
            } catch {
                return EffectFailure(error)
            }
        }
        values = changed
        return nil
    }
}
