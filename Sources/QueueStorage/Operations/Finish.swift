import QueueModel

extension StoreState {
    /// Records how an attempt ended, with all that follows (rules L3, C3, E4–E6, D12).
    func finish(_ completion: Completion, at now: Timestamp) throws(QueueError) -> CompletionOutcome {
        if !watched.isEmpty { watched[completion.id.rawValue] = nil }
        // A success that nobody waits for is one statement.
        if case .success(let output) = completion.end, try complete(completion, output) {
            board.removeRunning(completion.id.rawValue)
            return .recorded(.completed)
        }
        let id = completion.id.rawValue
        guard var head = try head(id), head.isRunning, head.attempt == Int64(completion.attempt),
            head.worker == completion.worker.rawValue
        else { return .stale }

        let verdict = Verdict(of: completion, for: head)
        let end = try session.statement(.noteEnd)
        end.bind(id, at: 1)
        end.bind(completion.startedAt.milliseconds, at: 2)
        end.bind(StoredText.text(of: completion.io), at: 3)
        end.bind(completion.retryDelay?.wholeMilliseconds, at: 4)
        try end.run()
        head.startedAt = completion.startedAt.milliseconds
        try recordAttempt(head, endedAt: completion.endedAt, verdict.attemptFailure(completion.end))

        switch verdict {
        case .end(let state, let output, let failure):
            try set(output: output, of: id)
            try settle([.end(id, as: state, failure, cause: nil, at: completion.endedAt)], at: now)
            return .recorded(state.jobState)
        case .wait(let output):
            try set(output: output, of: id)
            leave(head)
            try session.run(.wait, id)
            return .recorded(.waiting)
        case .requeue(let start, let failure):
            try requeue(head, start: start, counting: failure, at: now)
            return .recorded(.pending)
        case .goOn(let failure):
            try goOn(head, failure, at: completion.endedAt)
            return .recorded(.running)
        }
    }

    private func complete(_ completion: Completion, _ output: [UInt8]?) throws(QueueError) -> Bool {
        if completion.attempt == 1, output == nil, completion.io.isZero {
            let row = try session.statement(.complete)
            row.bind(completion.id.rawValue, at: 1)
            row.bind(completion.worker.rawValue, at: 2)
            row.bind(completion.startedAt.milliseconds, at: 3)
            row.bind(completion.endedAt.milliseconds, at: 4)
            try row.run()
            return session.connection.changes == 1
        }
        let row = try session.statement(.completeWith)
        row.bind(completion.id.rawValue, at: 1)
        row.bind(Int64(completion.attempt), at: 2)
        row.bind(completion.worker.rawValue, at: 3)
        row.bind(completion.startedAt.milliseconds, at: 4)
        row.bind(completion.endedAt.milliseconds, at: 5)
        row.bind(StoredText.text(of: completion.io), at: 6)
        if let output {
            try row.withBound(output, at: 7) { () throws(QueueError) in try row.run() }
        } else {
            row.bind(Int64?.none, at: 7)
            try row.run()
        }
        return session.connection.changes == 1
    }

    private func set(output: [UInt8]?, of id: Int64) throws(QueueError) {
        guard let output else { return }
        let row = try session.statement(.setOutput)
        row.bind(id, at: 1)
        try row.withBound(output, at: 2) { () throws(QueueError) in try row.run() }
    }

    private func requeue(
        _ head: JobHead, start: Timestamp?, counting failure: JobFailure?, at now: Timestamp
    ) throws(QueueError) {
        leave(head)
        var head = head
        if let start { head.runAfter = start.milliseconds }
        head.state = head.pendingState(at: now)
        let row = try session.statement(.requeue)
        row.bind(head.id, at: 1)
        row.bind(head.state.rawValue, at: 2)
        row.bind(start?.milliseconds, at: 3)
        row.bind(failure == nil ? 0 : 1, at: 4)
        row.bind(failure, at: 5)
        try row.run()
        try enter(head)
        effects.madeWork = true
    }

    private func goOn(_ head: JobHead, _ failure: JobFailure, at start: Timestamp) throws(QueueError) {
        let row = try session.statement(.goOn)
        row.bind(head.id, at: 1)
        row.bind(start.milliseconds, at: 2)
        row.bind(failure, at: 3)
        try row.run()
        board.setAttempt(head.attempt + 1, of: head.id)
    }

    /// Keeps the present attempt, which has ended.
    func recordAttempt(_ head: JobHead, endedAt: Timestamp, _ failure: JobFailure?) throws(QueueError) {
        let row = try session.statement(.insertAttempt)
        row.bind(head.id, at: 1)
        row.bind(head.attempt, at: 2)
        row.bind(head.worker, at: 3)
        row.bind(head.startedAt, at: 4)
        row.bind(endedAt.milliseconds, at: 5)
        row.bind(failure, at: 6)
        try row.run()
    }
}
