import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Stores one job (rules S5, S7).
    mutating func submit(
        _ submission: JobSubmission, at now: Timestamp, _ effects: inout Effects
    ) throws(QueueError) -> SubmitOutcome {
        for case .submission(let other) in submission.dependencies {
            throw QueueError(.unknownDependency, "the dependency on submission \(other) is outside of a batch")
        }
        // A child with dependencies can close a cycle, and one that supersedes a job lose its parent on the way; all else can be
        // checked before anything is changed, which spares the copy.
        if submission.parent == nil || submission.dependencies.isEmpty && submission.onDuplicate != .supersede {
            try checkDependencies(of: submission, upTo: JobID(lastJob))
            var outcome = store(try inheriting(submission), at: now, &effects)
            if outcome.isNew {
                link(outcome.id, to: submission.dependencies, outcomes: [])
                judge(&outcome, at: now, &effects)
            }
            return outcome
        }
        do throws(QueueError) {
            return try submit(contentsOf: [submission], at: now, &effects)[0]
        } catch {
            var alone = error
            alone.index = nil
            throw alone
        }
    }

    /// Stores a batch as a whole or not at all (rule S6).
    ///
    /// It works on a copy of all there is: the price of undoing it in one line.
    mutating func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp, _ effects: inout Effects
    ) throws(QueueError) -> [SubmitOutcome] {
        var draft = self
        let outcomes = try draft.store(batch, at: now, &effects)
        self = draft
        return outcomes
    }

    private mutating func store(
        _ batch: [JobSubmission], at now: Timestamp, _ effects: inout Effects
    ) throws(QueueError) -> [SubmitOutcome] {
        let last = JobID(lastJob)
        var outcomes: [SubmitOutcome] = []
        for (index, submission) in batch.enumerated() {
            do throws(QueueError) {
                // Dependencies name jobs that were there before the batch, a parent may have been ended by an earlier submission.
                try checkDependencies(of: submission, upTo: last)
                outcomes.append(store(try inheriting(submission), at: now, &effects))
                _ = try inheriting(submission)
            } catch {
                throw error.at(index: index)
            }
        }
        // First every reference, then every verdict, so that the order inside of the batch makes no difference.
        let fresh = batch.indices.filter { outcomes[$0].isNew && !batch[$0].dependencies.isEmpty }
        for index in fresh {
            for case .submission(let other) in batch[index].dependencies where !outcomes.indices.contains(other) {
                throw QueueError(
                    .unknownDependency, "the dependency on submission \(other) is outside of the batch", index: index)
            }
            link(outcomes[index].id, to: batch[index].dependencies, outcomes: outcomes)
        }
        if let cycle = try JobSubmission.cycle(in: batch, outcomes, waits: waits, waiters: waiters) {
            throw JobSubmission.cycleError(cycle, outcomes)
        }
        for index in fresh { judge(&outcomes[index], at: now, &effects) }
        return outcomes
    }

    private func checkDependencies(of submission: JobSubmission, upTo last: JobID) throws(QueueError) {
        for case .job(let id) in submission.dependencies where id > last || entries[id] == nil {
            throw QueueError(.unknownDependency, "the dependency \(id) is not in the store", jobs: [id])
        }
    }

    /// The submission with what it inherits from its parent, which has to be active (rule D12).
    private func inheriting(_ submission: JobSubmission) throws(QueueError) -> JobSubmission {
        guard let parent = submission.parent else { return submission }
        guard let record = entries[parent]?.record, !record.state.isTerminal else {
            throw QueueError(.unknownParent, "the parent \(parent) is not active", jobs: [parent])
        }
        return submission.inheriting(priority: record.priority, expiresAt: record.expiresAt)
    }

    /// Stores a submission whose references were checked, or finds the job that stands for it.
    ///
    /// Its dependencies are not yet linked: a new job that has some is blocked until ``judge(_:at:_:)``.
    mutating func store(
        _ submission: JobSubmission, at now: Timestamp, _ effects: inout Effects
    ) -> SubmitOutcome {
        guard let key = submission.key, let old = keys[KeyOwner(type: submission.type, key: key)],
            let record = entries[old]?.record
        else { return .inserted(insert(submission, at: now, &effects)) }

        switch submission.onDuplicate {
        case .reject:
            return .rejected(existing: old)
        case .supersede:
            if record.state == .running {
                closeAttempt(of: old, endedAt: now, JobFailure(.cancelled, "superseded"))
                effects.stops.append(old)
            }
            let before = effects.changes.count
            settle([.end(old, as: .superseded, nil, cause: nil)], at: now, &effects)
            let changes = Array(effects.changes[before...])
            return .superseded(old: old, by: insert(submission, at: now, &effects), changes: changes)
        case .rerun where record.state == .running:
            update(old, at: now) { $0.runsOnceMore = true }
            return .rerunQueued(old)
        case .skip, .rerun:
            guard record.state != .running, submission.priority < record.priority else { return .duplicate(of: old) }
            update(old, at: now) { $0.record.priority = submission.priority }
            if record.state == .pending { effects.noteWork(submission.priority) }
            return .upgraded(old)
        }
    }

    private mutating func insert(
        _ submission: JobSubmission, at now: Timestamp, _ effects: inout Effects
    ) -> JobID {
        lastJob += 1
        let id = JobID(lastJob)
        var record = JobRecord(
            id: id, type: submission.type, state: submission.dependencies.isEmpty ? .pending : .blocked,
            priority: submission.priority, payload: submission.payload, submittedAt: now)
        record.payloadVersion = submission.payloadVersion
        record.group = submission.group
        record.key = submission.key
        record.label = submission.label
        record.tags = submission.tags
        record.runAfter = submission.runAfter
        record.expiresAt = submission.expiresAt
        record.parent = submission.parent
        record.failFast = submission.failFast
        record.retry = submission.retry
        record.timeout = submission.timeout
        record.expectedIO = submission.expectedIO
        record.origin = submission.origin
        record.occurrence = submission.occurrence

        var entry = Entry(record: record)
        entry.dependencyPolicy = submission.dependencyPolicy
        entries[id] = entry
        place(record, at: now)
        if let key = submission.key { keys[KeyOwner(type: submission.type, key: key)] = id }
        if let parent = submission.parent {
            entries[parent]?.openChildren.insert(id)
            entries[parent]?.hadChildren = true
        }
        if record.state == .pending { effects.noteWork(record.priority) }
        return id
    }

    /// A new job with the content of another (rules S5, E4).
    ///
    /// What was said about time belongs to the old one alone. A parent is kept, and inherited from, while it can still wait.
    func again(_ record: JobRecord) -> JobSubmission {
        let parent = record.parent.flatMap { isActive($0) ? entries[$0]?.record : nil }
        let submission = JobSubmission(
            type: record.type, payload: record.payload, payloadVersion: record.payloadVersion,
            priority: record.priority,
            group: record.group, key: record.key, label: record.label, tags: record.tags,
            parent: parent?.id, failFast: record.failFast, retry: record.retry,
            timeout: record.timeout, expectedIO: record.expectedIO, origin: record.id, occurrence: record.occurrence)
        guard let parent else { return submission }
        return submission.inheriting(priority: parent.priority, expiresAt: parent.expiresAt)
    }
}
