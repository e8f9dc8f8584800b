import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Stores one job.
    mutating func submit(
        _ submission: JobSubmission, at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> SubmitOutcome {
        for case .submission(let other) in submission.dependencies {
            throw QueueError(.unknownDependency, "the dependency on submission \(other) is outside of a batch")
        }
        // A child with dependencies can close a cycle, and one that supersedes a job can lose its parent by that.
        // Everything else can be checked before anything is changed, without a copy.
        if submission.parent == nil || submission.dependencies.isEmpty && submission.onDuplicate != .supersede {
            try jobs.checkDependencies(of: submission, upTo: JobID(jobs.lastID))
            var outcome = store(try jobs.inheriting(submission), at: now, &report)
            if outcome.isNew {
                jobs.link(outcome.id, to: submission.dependencies, outcomes: [])
                resolveDependencies(of: &outcome, at: now, &report)
            }
            return outcome
        }
        do throws(QueueError) {
            return try submit(contentsOf: [submission], at: now, &report)[0]
        } catch {
            var alone = error
            alone.index = nil
            throw alone
        }
    }

    /// Stores a batch as a whole or not at all.
    ///
    /// It works on a copy of the whole state, so that undoing it is one line.
    mutating func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> [SubmitOutcome] {
        var draft = self
        let outcomes = try draft.store(batch, at: now, &report)
        self = draft
        return outcomes
    }

    private mutating func store(
        _ batch: [JobSubmission], at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> [SubmitOutcome] {
        let last = JobID(jobs.lastID)
        var outcomes: [SubmitOutcome] = []
        for (index, submission) in batch.enumerated() {
            do throws(QueueError) {
                // Dependencies name jobs from before the batch; an earlier submission may have ended the parent.
                try jobs.checkDependencies(of: submission, upTo: last)
                outcomes.append(store(try jobs.inheriting(submission), at: now, &report))
                _ = try jobs.inheriting(submission)
            } catch {
                throw error.at(index: index)
            }
        }
        // First link all dependencies, then resolve them, so that the order within the batch makes no difference.
        let fresh = batch.indices.filter { outcomes[$0].isNew && !batch[$0].dependencies.isEmpty }
        for index in fresh {
            for case .submission(let other) in batch[index].dependencies where !outcomes.indices.contains(other) {
                throw QueueError(
                    .unknownDependency, "the dependency on submission \(other) is outside of the batch", index: index)
            }
            jobs.link(outcomes[index].id, to: batch[index].dependencies, outcomes: outcomes)
        }
        if let cycle = try JobSubmission.cycle(in: batch, outcomes, waits: jobs.waits, waiters: jobs.waiters) {
            throw JobSubmission.cycleError(cycle, outcomes)
        }
        for index in fresh { resolveDependencies(of: &outcomes[index], at: now, &report) }
        return outcomes
    }

    /// Stores a submission whose references were checked, or finds the existing job with its key.
    ///
    /// Its dependencies are not linked yet: a new job that has some is blocked until ``resolveDependencies(of:at:_:)``.
    mutating func store(
        _ submission: JobSubmission, at now: Timestamp, _ report: inout CommitReport
    ) -> SubmitOutcome {
        guard let record = jobs.keyOwner(for: submission) else {
            return .inserted(insert(submission, at: now, &report))
        }
        let old = record.id

        switch submission.onDuplicate {
        case .reject:
            return .rejected(existing: old)
        case .supersede:
            if record.state == .running {
                jobs[old]?.closeAttempt(endedAt: now, JobFailure(.cancelled, "superseded"))
                report.stops.append(old)
            }
            let before = report.changes.count
            propagate([.end(old, as: .superseded, nil, cause: nil)], at: now, &report)
            let changes = Array(report.changes[before...])
            return .superseded(old: old, by: insert(submission, at: now, &report), changes: changes)
        case .rerun where record.state == .running:
            update(old, at: now) { $0.runsOnceMore = true }
            return .rerunQueued(old)
        case .skip, .rerun:
            guard record.state != .running, submission.priority < record.priority else { return .duplicate(of: old) }
            update(old, at: now) { $0.record.priority = submission.priority }
            if record.state == .pending { report.noteWork(submission.priority) }
            return .upgraded(old)
        }
    }

    private mutating func insert(
        _ submission: JobSubmission, at now: Timestamp, _ report: inout CommitReport
    ) -> JobID {
        let id = jobs.nextID()
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

        var entry = JobEntry(record: record)
        entry.dependencyPolicy = submission.dependencyPolicy
        jobs.insert(entry, at: now)
        if record.state == .pending { report.noteWork(record.priority) }
        return id
    }

    /// Decides what becomes of a blocked job whose dependencies may have ended before it was submitted,
    /// and adds the changes that follow to its outcome.
    private mutating func resolveDependencies(
        of outcome: inout SubmitOutcome, at now: Timestamp, _ report: inout CommitReport
    ) {
        let id = outcome.id
        guard let entry = jobs[id], entry.record.state == .blocked else { return }
        if entry.dependencyPolicy != .ignore {
            for other in entry.dependencies where !entry.openDependencies.contains(other) {
                guard let state = jobs[other]?.record.state, state != .completed else { continue }
                let before = report.changes.count
                let failure = JobFailure(related: other, state)
                propagate([.end(id, as: .dependencyFailed, failure, cause: other)], at: now, &report)
                outcome.add(report.changes[before...])
                return
            }
        }
        if entry.openDependencies.isEmpty {
            update(id, at: now) { $0.record.state = .pending }
            report.noteWork(entry.record.priority)
        }
    }
}
