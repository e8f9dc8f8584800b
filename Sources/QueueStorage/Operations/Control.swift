import QueueModel

extension StoreState {
    /// Cancels a job with its children, and with those that depend on it as their policies say (rule E6).
    func cancel(_ id: JobID, at now: Timestamp) throws(QueueError) -> CancelOutcome {
        guard let head = try head(id.rawValue) else { return .unknown }
        if head.state.isTerminal { return .alreadyEnded(head.state.jobState) }
        try settle([.stop(id.rawValue, as: .cancelled, cause: nil)], at: now)
        return head.isRunning
            ? .requested(worker: WorkerID(rawValue: head.worker), changes: changes)
            : .cancelled(changes)
    }

    /// Makes a new job of an ended one (rules L1, E4).
    func resubmit(_ id: JobID, at now: Timestamp) throws(QueueError) -> SubmitOutcome {
        guard let record = try session.record(id.rawValue) else {
            throw QueueError(.unknownJob, "no job has the id \(id)", jobs: [id])
        }
        guard record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(record.state) and has not ended", jobs: [id])
        }
        let outcome = try store(again(record), at: now)
        try replacePredecessor(record, with: outcome.id)
        return outcome
    }

    // MARK: StoredPauses

    func pause(_ pause: Pause, at now: Timestamp) throws(QueueError) {
        try deleteLapsed(at: now)
        try delete(pause.target, reason: pause.reason, at: now)
        let row = try session.statement(.insertPause)
        let (scope, name) = Self.columns(of: pause.target)
        row.bind(scope, at: 1)
        row.bind(name, at: 2)
        row.bind(pause.reason, at: 3)
        row.bind(pause.until?.milliseconds, at: 4)
        row.bind(now.milliseconds, at: 5)
        row.bind(pause.stopsRunning ? 1 : 0, at: 6)
        try row.run()
        try loadPauses()
        report.changedPauses = true
    }

    /// Reads which holds lie, and which were lifted.
    func loadPauses() throws(QueueError) {
        pauses.replaceAll(with: try session.pauses(), log: try session.pauseLog())
    }

    func resume(_ target: Pause.Target, reason: String?, at now: Timestamp) throws(QueueError) -> Bool {
        try deleteLapsed(at: now)
        let wasHeld = try delete(target, reason: reason, at: now)
        try loadPauses()
        report.changedPauses = report.changedPauses || wasHeld
        // Whatever was held may be as urgent as can be.
        if wasHeld { report.noteWork(0) }
        return wasHeld
    }

    /// Deletes holds, and keeps the time for which they lay; returns whether there was one.
    @discardableResult
    private func delete(_ target: Pause.Target, reason: String?, at now: Timestamp) throws(QueueError) -> Bool {
        let (scope, name) = Self.columns(of: target)
        let past = try session.statement(.notePast)
        past.bind(scope, at: 1)
        past.bind(name, at: 2)
        past.bind(reason, at: 3)
        past.bind(now.milliseconds, at: 4)
        try past.run()
        let row = try session.statement(.deletePause)
        row.bind(scope, at: 1)
        row.bind(name, at: 2)
        row.bind(reason, at: 3)
        try row.run()
        return session.connection.changes > 0
    }

    private func deleteLapsed(at now: Timestamp) throws(QueueError) {
        try session.run(.noteLapsed, now.milliseconds)
        try session.run(.deleteLapsed, now.milliseconds)
        try session.run(.trimPast)
    }

    private static func columns(of target: Pause.Target) -> (scope: Int64, name: String) {
        switch target {
        case .queue: (0, "")
        case .domain(let name): (1, name)
        case .group(let name): (2, name)
        }
    }

    // MARK: Deleting

    func deleteEnded(_ id: JobID) throws(QueueError) -> Bool {
        guard let head = try head(id.rawValue) else { return false }
        guard head.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(head.state.jobState) and has not ended", jobs: [id])
        }
        try delete(id.rawValue)
        return true
    }

    /// Deletes an ended job with all that is its own.
    ///
    /// Who depended on it keeps its number.
    func delete(_ id: Int64) throws(QueueError) {
        guard let head = try head(id), let record = try session.record(id) else { return }
        try markDeleted(id)
        for tag in record.tags {
            let row = try session.statement(.deleteTag)
            row.bind(tag.key, at: 1)
            row.bind(tag.value, at: 2)
            row.bind(id, at: 3)
            try row.run()
        }
        for other in try session.dependencies(of: id) { try session.run(.deleteDependency, other, id) }
        if head.flags.contains(.hasExtra) { try session.run(.deleteMore, id) }
        if head.flags.contains(.hasLargePayload) { try session.run(.deletePayload, id) }
        if let parent = head.parent { try session.run(.deleteChild, parent, id) }
        if head.attempt > 0 { try session.run(.deleteAttempts, id) }
        try session.run(.deleteJob, id)
    }

    /// Deletes ended jobs that the policy does not keep, the oldest first (rule Q6).
    ///
    /// Dead letters that are kept do not count.
    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) throws(QueueError) -> Int {
        try removeFullBuckets(at: now)
        let deleted = try delete(endedBy: policy, limit: limit, at: now)
        try giveBackPages()
        return deleted
    }

    private func delete(
        endedBy policy: RetentionPolicy, limit: Int, at now: Timestamp
    ) throws(QueueError) -> Int {
        let kept = policy.keepsDeadLetters ? StoredState.deadLettered.rawValue : 0
        var surplus = 0
        if let maximum = policy.maximumCount {
            let row = try session.statement(.finishedCount)
            row.bind(kept, at: 1)
            surplus = try row.step() ? max(0, Int(row.int64(0)) - maximum) : 0
            row.reset()
        }
        var deleted = 0
        var index = 0
        var last: (finishedAt: Int64, id: Int64) = (.min, 0)
        while deleted < limit {
            let page = try finished(after: last)
            guard let end = page.last else { break }
            guard (end.finishedAt, end.id) > last else { throw Session.invalid("finished_at", end.id) }
            for job in page where job.state != kept {
                let age = now.since(Timestamp(milliseconds: job.finishedAt))
                let isOld = policy.maximumAge.map { age > $0 } ?? false
                if index >= surplus, !isOld { return deleted }
                index += 1
                if try isNeeded(job.id) { continue }
                try delete(job.id)
                deleted += 1
                if deleted == limit { break }
            }
            last = (end.finishedAt, end.id)
        }
        return deleted
    }

    private func finished(
        after last: (finishedAt: Int64, id: Int64)
    ) throws(QueueError) -> [(id: Int64, finishedAt: Int64, state: Int64)] {
        let row = try session.statement(.finishedFirst)
        row.bind(last.finishedAt, at: 1)
        row.bind(last.id, at: 2)
        var jobs: [(Int64, Int64, Int64)] = []
        while try row.step() { jobs.append((row.int64(0), row.int64(1), row.int64(2))) }
        return jobs
    }

    /// Whether an active job still looks at this ended one.
    func isNeeded(_ id: Int64) throws(QueueError) -> Bool {
        guard let head = try head(id) else { return false }
        if let parent = head.parent, let state = try self.head(parent)?.state, !state.isTerminal { return true }
        guard id <= lastAwaited else { return false }
        let row = try session.statement(.activeDependents)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step()
    }
}

extension Session {
    /// All holds, in the order in which they were laid.
    func pauses() throws(QueueError) -> [Pause] {
        var pauses: [Pause] = []
        let row = try statement(.pauses)
        while try row.step() {
            pauses.append(
                Pause(
                    try Self.target(row.int64(0), row.text(1)), reason: row.text(2), until: row.timestamp(3),
                    stopsRunning: row.int64(5) != 0))
        }
        return pauses
    }

    /// The times for which parts were held: by holds that lie, and by those that were lifted.
    func pauseLog() throws(QueueError) -> PauseLog {
        var log = PauseLog()
        let present = try statement(.pauses)
        while try present.step() {
            log.add(
                try Self.target(present.int64(0), present.text(1)), from: Timestamp(milliseconds: present.int64(4)),
                until: present.timestamp(3))
        }
        let past = try statement(.pastPauses)
        while try past.step() {
            log.add(
                try Self.target(past.int64(0), past.text(1)), from: Timestamp(milliseconds: past.int64(2)),
                until: past.timestamp(3))
        }
        return log
    }

    private static func target(_ scope: Int64, _ name: String) throws(QueueError) -> Pause.Target {
        switch scope {
        case 0: .queue
        case 1: .domain(name)
        case 2: .group(name)
        default: throw QueueError(.invalidRow, "a scope in the table pause can't be read")
        }
    }
}
