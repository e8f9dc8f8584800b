import QueueModel
import QueueStoreKit

/// Records the ends of attempts.
struct Finishing: StoreComponent {
    let context: StoreContext

    /// Records how an attempt ended, with all that follows from it.
    func finish(_ completion: Completion, at now: Timestamp) throws(QueueError) -> CompletionOutcome {
        if !context.jobsToVerify.isEmpty { context.jobsToVerify[completion.id.rawValue] = nil }
        // A success of a job without relatives is one statement. It changes nothing unless the job is at this attempt,
        // under this worker, and without the flags of children, a parent, a cancel request or a copy to run
        // (`JobFlags.slow`): exactly then `FinishDecision` completes it and nothing follows from that.
        if case .success(let output) = completion.end, completion.effects.isEmpty, try complete(completion, output) {
            let id = completion.id.rawValue
            if let job = context.lanes.removeRunning(id) {
                try Statistics(context).count(completion, of: job.lane.type, at: now)
            }
            try Dependents(context).release(afterCompletionOf: id, through: id, at: now)
            return .recorded(.completed)
        }
        if let outcome = try fail([completion], at: now)?.first { return outcome }
        let id = completion.id.rawValue
        guard var head = try jobs.head(id) else { return .stale }
        let decision = FinishDecision(of: completion, for: head.finishFacts)
        if case .stale = decision { return .stale }
        if !completion.effects.isEmpty {
            if decision.performsEffects, let failure = try CompletionEffects(context).perform(completion) {
                return .effectFailed(failure)
            }
        } else if !context.failedEffects.isEmpty {
            context.failedEffects[AttemptKey(job: completion.id, number: completion.attempt)] = nil
        }
        let end = try session.statement(.noteEnd)
        end.bind(id, at: 1)
        end.bind(completion.startedAt.milliseconds, at: 2)
        try end.run()
        try report(completion, of: &head)
        head.startedAt = completion.startedAt.milliseconds
        try jobs.recordAttempt(head, endedAt: completion.endedAt, decision.attemptFailure(completion.end))
        return try record(decision, of: completion, for: head, at: now)
    }

    /// Changes the job as a decision says, and what follows from it.
    private func record(
        _ decision: FinishDecision, of completion: Completion, for head: JobHead, at now: Timestamp
    ) throws(QueueError) -> CompletionOutcome {
        let id = head.id
        switch decision {
        case .stale: return .stale
        case .end(let state, let output, let failure):
            if state == .completed {
                try Statistics(context).count(head.lane.type, at: now) {
                    $0.ran(from: completion.startedAt, to: completion.endedAt, io: completion.io)
                }
            }
            try set(output: output, of: head)
            let stored = StoredState(terminal: state)
            try Propagation(context).run([.end(id, as: stored, failure, cause: nil, at: completion.endedAt)], at: now)
            return .recorded(state)
        case .wait(let output):
            try set(output: output, of: head)
            jobs.leave(head)
            try session.run(.setState, id, StoredState.waiting.rawValue)
            return .recorded(.waiting)
        case .finalize(let output):
            try set(output: output, of: head)
            try Propagation(context).finalize(head, at: now)
            return .recorded(.pending)
        case .requeue(let start, let failure):
            if failure != nil { try Statistics(context).count(head.lane.type, at: now) { $0.retried() } }
            try requeue(head, start: start, counting: failure, at: now)
            return .recorded(.pending)
        case .preempt:
            try setAside(head, at: now)
            return .recorded(.preempted)
        case .retryInPlace(let failure):
            try Statistics(context).count(head.lane.type, at: now) { $0.retried() }
            try goOn(head, failure, at: completion.endedAt)
            return .recorded(.running)
        }
    }

    private func complete(_ completion: Completion, _ output: [UInt8]?) throws(QueueError) -> Bool {
        let id = completion.id.rawValue
        let hasExtra = output != nil || !completion.io.isZero
        let isAsStarted = context.lanes.running.jobs[id]?.startedAt == completion.startedAt.milliseconds
        let row = try session.statement(hasExtra ? .completeWithExtra : isAsStarted ? .complete : .completeStarted)
        row.bind(id, at: .id)
        row.bind(Int64(completion.attempt), at: .attempt)
        row.bind(completion.worker.rawValue, at: .worker)
        row.bind(completion.endedAt.milliseconds, at: .endedAt)
        if !hasExtra { row.bind(id, at: .lastID) }
        if hasExtra || !isAsStarted { row.bind(completion.startedAt.milliseconds, at: .startedAt) }
        try row.run()
        if session.connection.changes == 0 { return false }
        if hasExtra {
            let more = try session.statement(.reportExtra)
            more.bind(id, at: 1)
            more.bind(StoredText.text(of: completion.io), at: 2)
            more.bind(output, at: 3)
            try more.run()
        } else if completion.attempt > 1 {
            // What an earlier attempt left.
            try session.run(.clearRetry, id)
        }
        return true
    }

    /// Keeps what the attempt moved, and the delay of the next.
    private func report(_ completion: Completion, of head: inout JobHead) throws(QueueError) {
        if completion.io.isZero, completion.retryDelay == nil {
            if head.flags.contains(.hasExtra) { try session.run(.clearRetry, head.id) }
            return
        }
        try jobs.makeExtra(head.id, head.flags)
        head.flags.insert(.hasExtra)
        let row = try session.statement(.noteReport)
        row.bind(head.id, at: 1)
        row.bind(StoredText.text(of: completion.io), at: 2)
        row.bind(completion.retryDelay?.wholeMilliseconds, at: 3)
        try row.run()
    }

    private func set(output: [UInt8]?, of head: JobHead) throws(QueueError) {
        guard let output else { return }
        try jobs.makeExtra(head.id, head.flags)
        let row = try session.statement(.setOutput)
        row.bind(head.id, at: 1)
        try row.withBound(output, at: 2) { () throws(QueueError) in try row.run() }
    }

    private func requeue(
        _ head: JobHead, start: Timestamp?, counting failure: JobFailure?, at now: Timestamp
    ) throws(QueueError) {
        jobs.leave(head)
        var head = head
        if let start {
            head.runAfter = start.milliseconds
            // It waits anew, from its new start.
            if head.flags.contains(.hasExtra) { try session.run(.clearPaused, head.id) }
        }
        head.state = head.pendingState(at: now)
        let row = try session.statement(.requeue)
        row.bind(head.id, at: 1)
        row.bind(head.state.rawValue, at: 2)
        row.bind(start?.milliseconds, at: 3)
        row.bind(failure == nil ? 0 : 1, at: 4)
        try row.run()
        try jobs.set(failure, of: head)
        try jobs.enter(head)
        context.report.noteWork(head.priority)
    }

    /// Sets a job aside for a more urgent one.
    private func setAside(_ head: JobHead, at now: Timestamp) throws(QueueError) {
        jobs.leave(head)
        try jobs.makeExtra(head.id, head.flags)
        try session.run(.setState, head.id, StoredState.preempted.rawValue)
        try session.run(.setPaused, head.id, now.milliseconds)
        context.lanes.preempted.insert(head.id)
    }

    private func goOn(_ head: JobHead, _ failure: JobFailure, at start: Timestamp) throws(QueueError) {
        let row = try session.statement(.goOn)
        row.bind(head.id, at: 1)
        row.bind(start.milliseconds, at: 2)
        try row.run()
        try jobs.set(failure, of: head)
        context.lanes.setStart(start.milliseconds, of: head.id)
    }
}
