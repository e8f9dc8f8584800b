import QueueModel
import QueueStoreKit

extension Finishing {
    /// Records ended attempts in their order.
    ///
    /// Successes that follow one another in order and in their ids, as jobs that were claimed together mostly do, are
    /// recorded by one statement, for about half of what they cost one by one.
    func finish(_ completions: [Completion], at now: Timestamp) throws(QueueError) -> [CompletionOutcome] {
        var outcomes: [CompletionOutcome] = []
        outcomes.reserveCapacity(completions.count)
        var first = 0
        while first < completions.count {
            var end = first + 1
            if completions[first].isPlainSuccess {
                while end < completions.count, completions[end].continues(completions[end - 1]) { end += 1 }
            } else if case .retryInPlace = completions[first].end {
                while end < completions.count, completions[end].followsInPlace(completions[end - 1]) { end += 1 }
                if let ended = try fail(completions[first..<end], at: now) {
                    outcomes += ended
                    first = end
                    continue
                }
                end = first + 1
            }
            if end - first > 1, try finish(run: completions[first..<end], at: now) {
                outcomes += repeatElement(.recorded(.completed), count: end - first)
            } else if end - first > 1 {
                // Somebody waits for one of them, it was asked to stop, or it is no longer at this attempt.
                for completion in completions[first..<end] { outcomes.append(try finishOneOfRun(completion, at: now)) }
            } else {
                outcomes.append(try finish(completions[first], at: now))
            }
            first = end
        }
        return outcomes
    }

    /// Records a run with one statement; `false` if it was not what all of its jobs needed.
    private func finish(run: ArraySlice<Completion>, at now: Timestamp) throws(QueueError) -> Bool {
        guard let first = run.first, let last = run.last else { return true }
        let isAsStarted = run.allSatisfy {
            context.lanes.running.jobs[$0.id.rawValue]?.startedAt == first.startedAt.milliseconds
        }
        let row = try session.statement(isAsStarted ? .complete : .completeStarted)
        row.bind(first.id.rawValue, at: .id)
        row.bind(Int64(first.attempt), at: .attempt)
        row.bind(first.worker.rawValue, at: .worker)
        row.bind(first.endedAt.milliseconds, at: .endedAt)
        if !isAsStarted { row.bind(first.startedAt.milliseconds, at: .startedAt) }
        row.bind(last.id.rawValue, at: .lastID)
        try row.run()
        guard session.connection.changes == run.count else { return false }
        var counted: (type: Int64, times: Int) = (0, 0)
        for completion in run {
            guard let type = stopRunning(completion) else { continue }
            if type != counted.type {
                if counted.times > 0 {
                    try Statistics(context).count(first, times: counted.times, of: counted.type, at: now)
                }
                counted = (type, 0)
            }
            counted.times += 1
        }
        if counted.times > 0 { try Statistics(context).count(first, times: counted.times, of: counted.type, at: now) }
        try Dependents(context).release(afterCompletionOf: first.id.rawValue, through: last.id.rawValue, at: now)
        return true
    }

    /// Records one of a run whose statement may have recorded it already.
    private func finishOneOfRun(_ completion: Completion, at now: Timestamp) throws(QueueError) -> CompletionOutcome {
        // The index of lanes has it as it was before the statement.
        let ranHere = context.lanes.running.jobs[completion.id.rawValue]?.worker == completion.worker.rawValue
        if ranHere, let head = try jobs.head(completion.id.rawValue), !head.isRunning {
            try didComplete(completion, at: now)
            try Dependents(context).release(afterCompletionOf: head.id, through: head.id, at: now)
            return .recorded(.completed)
        }
        return try finish(completion, at: now)
    }

    private func didComplete(_ completion: Completion, at now: Timestamp) throws(QueueError) {
        if let type = stopRunning(completion) { try Statistics(context).count(completion, of: type, at: now) }
    }

    /// Removes a job that has ended from the running jobs, and returns its type.
    private func stopRunning(_ completion: Completion) -> Int64? {
        let id = completion.id.rawValue
        if !context.jobsToVerify.isEmpty { context.jobsToVerify[id] = nil }
        return context.lanes.removeRunning(id)?.lane.type
    }
}

extension Completion {
    /// Whether it is a first attempt's success with nothing to keep but that.
    fileprivate var isPlainSuccess: Bool {
        guard case .success(output: nil) = end else { return false }
        return attempt == 1 && io.isZero && effects.isEmpty
    }

    /// Whether it is a failure of the attempt that followed one in place, which is all of its job that there was in
    /// between.
    fileprivate func followsInPlace(_ former: Completion) -> Bool {
        guard case .retryInPlace = former.end, end.failure != nil else { return false }
        return id == former.id && attempt == former.attempt + 1 && worker == former.worker
    }

    /// Whether one statement can record it together with the one before, which is a plain success.
    fileprivate func continues(_ former: Completion) -> Bool {
        id.rawValue == former.id.rawValue + 1 && isPlainSuccess && worker == former.worker
            && startedAt == former.startedAt && endedAt == former.endedAt
    }
}
