import QueueModel
import QueueStoreKit

extension Finishing {
    /// Records failed attempts at a job without kin, one after another in place, by one statement for the job and one
    /// for each attempt, none of which reads a row first.
    ///
    /// The statements change nothing unless the job is at this attempt, under this worker, and without any of the flags
    /// of ``JobFlags/slow``. ``FinishDecision`` then decides by the end alone, as is done here.
    ///
    /// - Returns: Their outcomes; `nil` if they are not that, and nothing was changed.
    func fail(_ run: ArraySlice<Completion>, at now: Timestamp) throws(QueueError) -> [CompletionOutcome]? {
        guard let first = run.first, let last = run.last, let failure = last.end.failure, context.failedEffects.isEmpty,
            let job = context.lanes.running.jobs[first.id.rawValue], job.worker == first.worker.rawValue,
            !job.isSuspect,
            run.allSatisfy(\.effects.isEmpty)
        else { return nil }
        let id = first.id.rawValue
        let state: JobState
        switch last.end {
        case .retryInPlace:
            guard try update(run, .failInPlace, attempts: run.count, retries: run.count, last.endedAt) else {
                return nil
            }
            try keep(run, failure)
            context.lanes.setStart(last.endedAt.milliseconds, of: id)
            state = .running
        case .retry(let start, _):
            let pending: StoredState = start > now ? .scheduled : .ready
            guard
                try update(
                    run, .failAndRetry, attempts: run.count - 1, retries: run.count, last.startedAt, pending, start)
            else { return nil }
            try keep(run, failure)
            context.lanes.removeRunning(id)
            if pending == .ready {
                context.lanes.insertReady(id, lane: job.lane)
            } else {
                context.lanes.nextDue.insert(start.milliseconds)
            }
            context.report.noteWork(job.lane.priority)
            state = .pending
        case .failure, .deadLetter:
            var ended = StoredState.deadLettered
            if case .failure = last.end { ended = .failed }
            guard
                try update(
                    run, .failForGood, attempts: run.count - 1, retries: run.count - 1, last.startedAt, ended,
                    last.endedAt)
            else { return nil }
            try keep(run, failure)
            context.lanes.removeRunning(id)
            var steps: [Propagation.Step] = []
            try Dependents(context).resolve(afterEndOf: id, through: id, [], ended, &steps, at: now)
            if !steps.isEmpty { try Propagation(context).run(steps, at: now) }
            state = ended.jobState
        default: return nil
        }
        try Statistics(context).count(job.lane.type, at: now) {
            if state.isTerminal { $0.ended(as: state, at: now) }
            $0.retried(state.isTerminal ? run.count - 1 : run.count)
        }
        if !context.jobsToVerify.isEmpty { context.jobsToVerify[id] = nil }
        return Array(repeating: .recorded(.running), count: run.count - 1) + [.recorded(state)]
    }

    /// Changes the job's row, if it is still at the first of these attempts and has no kin.
    private func update(
        _ run: ArraySlice<Completion>, _ sql: SQL, attempts: Int, retries: Int, _ start: Timestamp,
        _ state: StoredState? = nil, _ instant: Timestamp? = nil
    ) throws(QueueError) -> Bool {
        let first = run[run.startIndex]
        let row = try session.statement(sql)
        row.bind(first.id.rawValue, at: .id)
        row.bind(Int64(first.attempt), at: .attempt)
        row.bind(first.worker.rawValue, at: .worker)
        row.bind(start.milliseconds, at: .startedAt)
        if let state { row.bind(state.rawValue, at: .state) }
        if let instant { row.bind(instant.milliseconds, at: sql == .failAndRetry ? .runAfter : .endedAt) }
        row.bind(Int64(attempts), at: .addedAttempts)
        row.bind(Int64(retries), at: .addedRetries)
        try row.run()
        return session.connection.changes > 0
    }

    /// Keeps the attempts, and what the last one leaves with the job.
    private func keep(_ run: ArraySlice<Completion>, _ failure: JobFailure) throws(QueueError) {
        let last = run[run.endIndex - 1]
        let attempt = try session.statement(.insertAttempt)
        for completion in run {
            attempt.bind(completion.id.rawValue, at: .id)
            attempt.bind(Int64(completion.attempt), at: .attempt)
            attempt.bind(completion.worker.rawValue, at: .worker)
            attempt.bind(completion.startedAt.milliseconds, at: .startedAt)
            attempt.bind(completion.endedAt.milliseconds, at: .endedAt)
            attempt.bind(completion.end.failure)
            try attempt.run()
        }
        let delay = last.retryDelay
        let more = try session.statement(.noteFailure)
        more.bind(last.id.rawValue, at: .id)
        more.bind(failure)
        more.bind(last.io.isZero && delay == nil ? nil : StoredText.text(of: last.io), at: .io)
        more.bind(delay?.wholeMilliseconds, at: .retryDelay)
        // One that is retried waits anew, from its new start.
        more.bind(delay == nil ? 0 : 1, at: .waitsAnew)
        try more.run()
    }
}
