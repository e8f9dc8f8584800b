import QueueBackoff
import QueueModel

extension StoreState {
    /// Payloads above this many bytes lie in a table of their own, so that a claim and a finish don't write them anew.
    static let inlinePayloadBytes = 1024

    /// Stores one job (rules S5, S7).
    func submit(_ submission: JobSubmission, at now: Timestamp) throws(QueueError) -> SubmitOutcome {
        if submission.refersToNone { return try store(submission, at: now) }
        for case .submission(let place) in submission.dependencies {
            throw QueueError(.unknownDependency, "the dependency on submission \(place) is outside of a batch")
        }
        // Only what has a parent can close a cycle, and what supersedes a job may end what it refers to.
        if submission.parent == nil, submission.onDuplicate != .supersede {
            let references = try references(of: submission, upTo: try lastJobID(), [])
            var outcome = try store(submission, references, at: now)
            if outcome.isNew, references.broken != nil { try judge(&outcome, references, at: now) }
            return outcome
        }
        do throws(QueueError) {
            return try submit(contentsOf: [submission], at: now)[0]
        } catch {
            var alone = error
            alone.index = nil
            throw alone
        }
    }

    /// Stores a batch (rule S6).
    ///
    /// When this throws the caller undoes it.
    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) throws(QueueError) -> [SubmitOutcome] {
        var links = BatchLinks(batch)
        var outcomes: [SubmitOutcome] = []
        outcomes.reserveCapacity(batch.count)
        let last = try lastJobID()
        for (index, submission) in batch.enumerated() {
            do throws(QueueError) {
                outcomes.append(
                    submission.refersToNone
                        ? try store(submission, at: now)
                        : try store(submission, at: index, upTo: last, outcomes, &links, at: now))
            } catch {
                throw error.at(index: index)
            }
        }
        try link(batch, &outcomes, links, at: now)
        return outcomes
    }

    /// Stores a submission, or finds the job that stands for it.
    ///
    /// - Parameter references: What it refers to; without it a job with dependencies is blocked until it is linked.
    func store(
        _ submission: JobSubmission, _ references: References? = nil, at now: Timestamp
    ) throws(QueueError) -> SubmitOutcome {
        let lane = LaneKey(
            type: try session.intern(submission.type), group: try session.intern(group: submission.group),
            priority: Int64(submission.priority.rawValue), io: Int64(IOSize(submission.expectedIO).rawValue))
        // A failed insert costs three look-ups, so where the last key was taken it is asked first.
        var taken: (id: Int64, state: Int64, priority: Int64)?
        if keysAreTaken, let key = submission.key { taken = try jobWithKey(key, type: lane.type) }
        if taken == nil {
            if submission.key != nil { keysAreTaken = false }
            if let id = try insert(submission, references, lane, at: now) { return .inserted(JobID(id)) }
            if let key = submission.key { taken = try jobWithKey(key, type: lane.type) }
        }
        guard let (old, state, priority) = taken else {
            throw QueueError(.corrupt, "a new job met an id or a key that no job has")
        }
        keysAreTaken = true
        // Most duplicates change nothing.
        if submission.onDuplicate == .reject { return .rejected(existing: JobID(old)) }
        let isRunning = state == StoredState.running.rawValue
        if submission.onDuplicate == .skip, isRunning || Int64(submission.priority.rawValue) >= priority {
            return .duplicate(of: JobID(old))
        }
        guard let head = try head(old) else {
            throw QueueError(.corrupt, "a key is taken by a job that is gone", jobs: [JobID(old)])
        }
        switch submission.onDuplicate {
        case .supersede:
            return try supersede(head, by: submission, references, lane, at: now)
        case .rerun where head.isRunning:
            try session.run(.setFlags, old, JobFlags.runsOnceMore.rawValue)
            return .rerunQueued(JobID(old))
        case .skip, .rerun, .reject:
            guard !head.isRunning, Int64(submission.priority.rawValue) < head.priority else {
                return .duplicate(of: JobID(old))
            }
            leave(head)
            var raised = head
            raised.lane = head.lane.with(priority: Int64(submission.priority.rawValue))
            try session.run(.setPriority, old, raised.priority)
            try enter(raised)
            if raised.state != .blocked { effects.noteWork(raised.priority) }
            return .upgraded(JobID(old))
        }
    }

    private func supersede(
        _ head: JobHead, by submission: JobSubmission, _ references: References?, _ lane: LaneKey, at now: Timestamp
    ) throws(QueueError) -> SubmitOutcome {
        let before = effects.changes.count
        if head.isRunning {
            // Its worker's list of running jobs changes with it.
            try loadIfNeeded()
            try recordAttempt(head, endedAt: now, JobFailure(.cancelled, "superseded"))
            effects.stops.append(JobID(head.id))
        }
        try settle([.end(head.id, as: .superseded, nil, cause: nil)], at: now)
        guard let id = try insert(submission, references, lane, at: now) else {
            throw QueueError(.corrupt, "the key of an ended job is still taken", jobs: [JobID(head.id)])
        }
        return .superseded(old: JobID(head.id), by: JobID(id), changes: Array(effects.changes[before...]))
    }

    private func jobWithKey(
        _ key: UniqueKey, type: Int64
    ) throws(QueueError) -> (id: Int64, state: Int64, priority: Int64)? {
        let row = try session.statement(.jobWithKey)
        defer { row.reset() }
        row.bind(type, at: 1)
        row.bind(key, at: 2)
        return try row.step() ? (row.int64(0), row.int64(1), row.int64(2)) : nil
    }

    // MARK: The row

    /// Inserts the row; `nil` if its key is taken.
    private func insert(
        _ submission: JobSubmission, _ references: References?, _ lane: LaneKey, at now: Timestamp
    ) throws(QueueError) -> Int64? {
        let id = try nextJobID()
        let hasMore =
            submission.label != nil || !submission.tags.isEmpty || submission.parent != nil || submission.retry != nil
            || submission.timeout != nil || submission.expectedIO != nil || submission.origin != nil
            || submission.occurrence != nil
        let isLarge = submission.payload.count > Self.inlinePayloadBytes
        var flags: JobFlags = isLarge ? .hasLargePayload : []
        if hasMore { flags.insert(.hasMore) }
        if submission.parent != nil { flags.insert(.hasParent) }
        if !submission.failFast { flags.insert(.toleratesChildFailure) }
        if !submission.dependencies.isEmpty {
            flags.insert(.hasDependencies)
            flags.formUnion(.policy(submission.dependencyPolicy))
        }
        let state: StoredState =
            if !submission.dependencies.isEmpty, references?.areMet != true {
                .blocked
            } else if let start = submission.runAfter, start > now {
                .scheduled
            } else {
                .ready
            }

        let row = try session.statement(.insertJob)
        row.bind(id, at: 1)
        row.bind(lane.type, at: 2)
        row.bind(lane.group, at: 3)
        row.bind(Int64(submission.priority.rawValue), at: 4)
        row.bind(state.rawValue, at: 5)
        row.bind(flags.rawValue, at: 6)
        row.bind(now.milliseconds, at: 7)
        row.bind(likelyWorker, at: 8)
        row.bind(submission.key, at: 9)
        row.bind(Int64(submission.payloadVersion), at: 10)
        row.bind(submission.runAfter?.milliseconds, at: 12)
        row.bind(submission.expiresAt?.milliseconds, at: 13)
        row.bind(references?.open ?? 0, at: 14)
        row.bind(references?.inlineList, at: 15)
        row.bind(Int64(lane.io.rawValue), at: 16)
        if isLarge {
            row.bind(Int64?.none, at: 11)
            try row.run()
        } else {
            try row.withBound(submission.payload, at: 11) { () throws(QueueError) in try row.run() }
        }
        if session.connection.changes == 0 {
            giveBack(jobID: id)
            return nil
        }

        if hasMore { try insertMore(of: submission, id) }
        if isLarge {
            let large = try session.statement(.insertPayload)
            large.bind(id, at: 1)
            try large.withBound(submission.payload, at: 2) { () throws(QueueError) in try large.run() }
        }
        for tag in submission.tags { try insert(tag, of: id) }
        if let references { try link(id, flags, to: references) }
        if let parent = submission.parent { try adopt(id, by: parent.rawValue) }
        if state == .ready {
            board.insertReady(id, lane: lane)
        } else if state == .scheduled, let start = submission.runAfter {
            board.insertScheduled(start.milliseconds)
        }
        if state != .blocked { effects.noteWork(lane.priority) }
        return id
    }

    private func insertMore(of submission: JobSubmission, _ id: Int64) throws(QueueError) {
        let row = try session.statement(.insertMore)
        row.bind(id, at: 1)
        row.bind(submission.label, at: 2)
        row.bind(StoredText.text(of: submission.tags), at: 3)
        row.bind(submission.parent?.rawValue, at: 4)
        row.bind(submission.retry?.description, at: 5)
        row.bind(submission.timeout?.wholeNanoseconds, at: 6)
        row.bind(submission.expectedIO.map { StoredText.text(of: $0) }, at: 7)
        row.bind(submission.origin?.rawValue, at: 8)
        row.bind(submission.occurrence?.schedule.rawValue, at: 9)
        row.bind(submission.occurrence?.due.milliseconds, at: 10)
        try row.run()
    }

    private func insert(_ tag: Tag, of id: Int64) throws(QueueError) {
        let row = try session.statement(.insertTag)
        row.bind(tag.key, at: 1)
        row.bind(tag.value, at: 2)
        row.bind(id, at: 3)
        try row.run()
    }

    /// A new job with the content of another (rules S5, E4).
    ///
    /// What was said about time belongs to the old one alone; a parent is kept, and inherited from, while it can still wait.
    func again(_ record: JobRecord) throws(QueueError) -> JobSubmission {
        var parent = record.parent
        if let id = parent, (try head(id.rawValue))?.state.isTerminal ?? true { parent = nil }
        let submission = JobSubmission(
            type: record.type, payload: record.payload, payloadVersion: record.payloadVersion,
            priority: record.priority, group: record.group, key: record.key, label: record.label, tags: record.tags,
            parent: parent, failFast: record.failFast, retry: record.retry, timeout: record.timeout,
            expectedIO: record.expectedIO, origin: record.id, occurrence: record.occurrence)
        return try inheriting(submission)
    }
}
