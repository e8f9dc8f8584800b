import QueueModel

extension StoreState {
    /// Records a failed attempt at a job without kin by three statements, none of which reads its row first; `nil` if it is not that, and
    /// nothing was changed.
    func fail(_ completion: Completion, at now: Timestamp) throws(QueueError) -> CompletionOutcome? {
        let id = completion.id.rawValue
        guard completion.effects.isEmpty, brokenEffects.isEmpty, let failure = completion.end.failure,
            let job = board.running.jobs[id], job.worker == completion.worker.rawValue, !job.isSuspect
        else { return nil }
        switch completion.end {
        case .retryInPlace:
            guard try note(completion, .failInPlace, completion.endedAt) else { return nil }
            try keep(failure, of: completion)
            board.setStart(completion.endedAt.milliseconds, of: id)
            return .recorded(.running)
        case .retry(let start, _):
            let state: StoredState = start > now ? .scheduled : .ready
            guard try note(completion, .failAndRetry, completion.startedAt, state, start) else { return nil }
            try keep(failure, of: completion)
            board.removeRunning(id)
            if state == .ready {
                board.insertReady(id, lane: job.lane)
            } else {
                board.insertScheduled(start.milliseconds)
            }
            effects.noteWork(job.lane.priority)
            return .recorded(.pending)
        case .failure: return try end(completion, as: .failed, failure, at: now)
        case .deadLetter: return try end(completion, as: .deadLettered, failure, at: now)
        default: return nil
        }
    }

    private func end(
        _ completion: Completion, as state: StoredState, _ failure: JobFailure, at now: Timestamp
    ) throws(QueueError) -> CompletionOutcome? {
        let id = completion.id.rawValue
        guard try note(completion, .failForGood, completion.startedAt, state, completion.endedAt) else { return nil }
        try keep(failure, of: completion)
        board.removeRunning(id)
        var steps: [Step] = []
        try tellDependents(of: id, through: id, [], state, &steps, at: now)
        if !steps.isEmpty { try settle(steps, at: now) }
        return .recorded(state.jobState)
    }

    /// Changes the job's row, if it is still at this attempt and has no kin.
    private func note(
        _ completion: Completion, _ sql: SQL, _ start: Timestamp, _ state: StoredState? = nil,
        _ instant: Timestamp? = nil
    ) throws(QueueError) -> Bool {
        let row = try session.statement(sql)
        row.bind(completion.id.rawValue, at: 1)
        row.bind(Int64(completion.attempt), at: 2)
        row.bind(completion.worker.rawValue, at: 3)
        row.bind(start.milliseconds, at: 4)
        if let state { row.bind(state.rawValue, at: 5) }
        if let instant { row.bind(instant.milliseconds, at: 6) }
        try row.run()
        return session.connection.changes > 0
    }

    /// Keeps the attempt, and what it leaves with the job.
    private func keep(_ failure: JobFailure, of completion: Completion) throws(QueueError) {
        let attempt = try session.statement(.insertAttempt)
        attempt.bind(completion.id.rawValue, at: 1)
        attempt.bind(Int64(completion.attempt), at: 2)
        attempt.bind(completion.worker.rawValue, at: 3)
        attempt.bind(completion.startedAt.milliseconds, at: 4)
        attempt.bind(completion.endedAt.milliseconds, at: 5)
        attempt.bind(failure, at: 6)
        try attempt.run()
        let delay = completion.retryDelay
        let more = try session.statement(.noteFailure)
        more.bind(completion.id.rawValue, at: 1)
        more.bind(failure, at: 2)
        more.bind(completion.io.isZero && delay == nil ? nil : StoredText.text(of: completion.io), at: 4)
        more.bind(delay?.wholeMilliseconds, at: 5)
        // One that is retried waits anew, from its new start.
        more.bind(delay == nil ? 0 : 1, at: 6)
        try more.run()
    }
}
