import QueueBackoff
import QueueModel
import QueueStoreKit

/// Stores submissions, with unique keys and what a duplicate does.
struct Submitting: StoreComponent {
    let context: StoreContext

    /// Stores one job.
    func submit(_ submission: JobSubmission, at now: Timestamp) throws(QueueError) -> SubmitOutcome {
        if submission.refersToNone { return try accept(submission, at: now) }
        for case .submission(let place) in submission.dependencies {
            throw QueueError(.unknownDependency, "the dependency on submission \(place) is outside of a batch")
        }
        // Only what has a parent can close a cycle, and what supersedes a job may end what it refers to.
        if submission.parent == nil, submission.onDuplicate != .supersede {
            let references = try Dependencies(context).references(
                of: submission, upTo: try JobNumbers(context).last(), [])
            var outcome = try accept(submission, references, at: now)
            if outcome.isNew, references.broken != nil {
                try BatchLinking(context).judge(&outcome, references, at: now)
            }
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

    /// Stores a batch.
    ///
    /// When this throws the caller undoes it.
    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) throws(QueueError) -> [SubmitOutcome] {
        var links = BatchLinks(batch)
        var outcomes: [SubmitOutcome] = []
        outcomes.reserveCapacity(batch.count)
        let last = try JobNumbers(context).last()
        var index = 0
        while index < batch.count {
            let end = min(index + SQL.insertWidth, batch.count)
            if let first = try JobInserter(context).insertRun(batch[index..<end], at: now) {
                for id in first..<first + Int64(end - index) { outcomes.append(.inserted(JobID(id))) }
                index = end
                continue
            }
            // Those that did not go together are not tried again one further.
            for index in index..<end {
                let submission = batch[index]
                do throws(QueueError) {
                    outcomes.append(
                        submission.refersToNone
                            ? try accept(submission, at: now)
                            : try BatchLinking(context).accept(
                                submission, at: index, upTo: last, outcomes, &links, at: now))
                } catch {
                    throw error.at(index: index)
                }
            }
            index = end
        }
        try BatchLinking(context).link(batch, &outcomes, links, at: now)
        return outcomes
    }

    /// What a submission comes to that changes nothing, since its key is taken; `nil` if that is not known without
    /// writing.
    func duplicate(of submission: JobSubmission) throws(QueueError) -> SubmitOutcome? {
        guard context.lastKeyWasTaken, let key = submission.key, submission.refersToNone,
            let type = session.names.id(of: submission.type), let taken = try jobWithKey(key, type: type)
        else { return nil }
        return unchanged(taken, by: submission)
    }

    /// The outcome for a submission whose key is taken, if nothing changes.
    private func unchanged(
        _ taken: (id: Int64, state: Int64, priority: Int64), by submission: JobSubmission
    ) -> SubmitOutcome? {
        if submission.onDuplicate == .reject { return .rejected(existing: JobID(taken.id)) }
        guard submission.onDuplicate == .skip else { return nil }
        let isRunning = taken.state == StoredState.running.rawValue
        let isMoreUrgent = Int64(submission.priority.rawValue) < taken.priority
        return isRunning || !isMoreUrgent ? .duplicate(of: JobID(taken.id)) : nil
    }

    /// Stores a submission, or finds the job that has its key.
    ///
    /// - Parameter references: What it refers to; without it a job with dependencies is blocked until it is linked.
    func accept(
        _ submission: JobSubmission, _ references: References? = nil, at now: Timestamp
    ) throws(QueueError) -> SubmitOutcome {
        let lane = try JobInserter(context).lane(of: submission)
        // A failed insert costs three look-ups, so where the last key was taken it is asked first.
        var taken: (id: Int64, state: Int64, priority: Int64)?
        if context.lastKeyWasTaken, let key = submission.key { taken = try jobWithKey(key, type: lane.type) }
        if taken == nil {
            if submission.key != nil { context.lastKeyWasTaken = false }
            if let id = try JobInserter(context).insert(submission, references, lane, at: now) {
                return .inserted(JobID(id))
            }
            if let key = submission.key { taken = try jobWithKey(key, type: lane.type) }
        }
        guard let taken else { throw QueueError(.corrupt, "a new job met an id or a key that no job has") }
        context.lastKeyWasTaken = true
        // Most duplicates change nothing.
        if let outcome = unchanged(taken, by: submission) { return outcome }
        let old = taken.id
        guard let head = try jobs.head(old) else {
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
            jobs.leave(head)
            var raised = head
            raised.lane = head.lane.with(priority: Int64(submission.priority.rawValue))
            try session.run(.setPriority, old, raised.priority)
            try jobs.enter(raised)
            if raised.state != .blocked { context.report.noteWork(raised.priority) }
            return .upgraded(JobID(old))
        }
    }

    private func supersede(
        _ head: JobHead, by submission: JobSubmission, _ references: References?, _ lane: LaneKey, at now: Timestamp
    ) throws(QueueError) -> SubmitOutcome {
        let before = context.changes.count
        if head.isRunning {
            // Its worker's list of running jobs changes with it.
            try WriteTransaction(context).loadIfNeeded()
            try jobs.recordAttempt(head, endedAt: now, JobFailure(.cancelled, "superseded"))
            context.report.stops.append(JobID(head.id))
        }
        try Propagation(context).run([.end(head.id, as: .superseded, nil, cause: nil)], at: now)
        guard let id = try JobInserter(context).insert(submission, references, lane, at: now) else {
            throw QueueError(.corrupt, "the key of an ended job is still taken", jobs: [JobID(head.id)])
        }
        return .superseded(old: JobID(head.id), by: JobID(id), changes: Array(context.changes[before...]))
    }

    private func jobWithKey(
        _ key: Uniqueness.Key, type: Int64
    ) throws(QueueError) -> (id: Int64, state: Int64, priority: Int64)? {
        let row = try session.statement(.jobWithKey)
        defer { row.reset() }
        row.bind(type, at: 1)
        row.bind(key, at: 2)
        return try row.step() ? (row.int64(0), row.int64(1), row.int64(2)) : nil
    }

    /// Returns a submission with the content of an earlier job.
    ///
    /// What was said about time belongs to the old one alone; a parent is kept, and inherited from, while it can still
    /// wait.
    func again(_ record: JobRecord) throws(QueueError) -> JobSubmission {
        var parent = record.parent
        if let id = parent, (try jobs.head(id.rawValue))?.state.isTerminal ?? true { parent = nil }
        let submission = JobSubmission(
            type: record.type, payload: record.payload, payloadVersion: record.payloadVersion,
            priority: record.priority, group: record.group, key: record.key, label: record.label, tags: record.tags,
            parent: parent, failFast: record.failFast, retry: record.retry, timeout: record.timeout,
            expectedIO: record.expectedIO, origin: record.id, occurrence: record.occurrence)
        return try Dependencies(context).inheriting(submission)
    }
}
