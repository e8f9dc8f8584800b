import QueueModel

extension MemoryState {
    /// Records how an attempt ended, with all that follows (rules L3, C3, E4–E6, D12).
    mutating func finish(
        _ completion: Completion, at now: Timestamp, _ effects: inout Effects
    ) -> CompletionOutcome {
        let id = completion.id
        guard let entry = entries[id] else { return .stale }
        let decision = FinishDecision(of: completion, for: entry.finishFacts)
        guard let state = decision.state else { return .stale }
        if decision.performsEffects, let failure = perform(completion.effects) { return .effectFailed(failure) }
        update(id, at: now) {
            $0.record.startedAt = completion.startedAt
            $0.record.io = completion.io
            $0.record.retryDelay = completion.retryDelay
        }
        closeAttempt(
            of: id, startedAt: completion.startedAt, endedAt: completion.endedAt,
            decision.attemptFailure(completion.end))

        switch decision {
        case .stale: break
        case .end(let state, let output, let failure):
            if state == .completed {
                count(entry.record.type, at: now) {
                    $0.ran(from: completion.startedAt, to: completion.endedAt, io: completion.io)
                }
            }
            update(id, at: now) { if let output { $0.record.output = output } }
            settle([.end(id, as: state, failure, cause: nil, at: completion.endedAt)], at: now, &effects)
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
            effects.noteWork(entry.record.priority)
        case .requeue(let start, let failure):
            if failure != nil { count(entry.record.type, at: now) { $0.retried() } }
            update(id, at: now) {
                $0.record.state = .pending
                if let start {
                    $0.record.runAfter = start
                    // It waits anew, from its new start.
                    $0.pausedFor = 0
                }
                if let failure {
                    $0.record.retries += 1
                    $0.record.failure = failure
                }
            }
            effects.noteWork(entry.record.priority)
        case .preempt:
            update(id, at: now) {
                $0.record.state = .preempted
                $0.pausedAt = now
            }
        case .retryInPlace(let failure):
            count(entry.record.type, at: now) { $0.retried() }
            update(id, at: now) {
                $0.record.retries += 1
                $0.record.failure = failure
                $0.record.attempt += 1
                $0.record.startedAt = completion.endedAt
                $0.openAttempt(at: completion.endedAt)
            }
        }
        return .recorded(state)
    }

    /// Notes the end of the present attempt.
    mutating func closeAttempt(
        of id: JobID, startedAt: Timestamp? = nil, endedAt: Timestamp, _ failure: JobFailure?
    ) {
        guard var attempt = entries[id]?.attempts.popLast() else { return }
        if let startedAt { attempt.startedAt = startedAt }
        attempt.endedAt = endedAt
        attempt.failure = failure
        entries[id]?.attempts.append(attempt)
    }
}

extension MemoryState.Entry {
    /// What decides how an attempt's end is recorded.
    var finishFacts: FinishFacts {
        FinishFacts(
            isRunning: record.state == .running, attempt: record.attempt, worker: record.worker,
            cancelRequestedAt: record.cancelRequestedAt, childFailure: childFailure, hadChildren: hadChildren,
            openChildren: openChildren.count)
    }
}
