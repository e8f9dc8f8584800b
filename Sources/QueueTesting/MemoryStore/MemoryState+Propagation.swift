import QueueModel
import QueueStoreKit

extension MemoryState {
    /// A change of a job from which others may follow.
    enum Step: Sendable {
        /// The job ends.
        case end(JobID, as: JobState, JobFailure?, cause: JobID?, at: Timestamp? = nil)
        /// The job ends, or, if it runs, is asked to stop.
        case stop(JobID, as: JobState, cause: JobID?)
    }

    /// Performs steps with everything that follows from them, causes first.
    ///
    /// Steps that follow are appended to the list, so that a chain of any length needs no stack. A step for a job
    /// that has ended meanwhile does nothing.
    mutating func propagate(_ first: [Step], at now: Timestamp, _ report: inout CommitReport) {
        var steps = first
        var index = 0
        while index < steps.count {
            switch steps[index] {
            case .end(let id, let state, let failure, let cause, let instant):
                end(id, as: state, failure, cause: cause, endedAt: instant ?? now, at: now, &steps, &report)
            case .stop(let id, let state, let cause):
                stop(id, as: state, cause: cause, at: now, &steps, &report)
            }
            index += 1
        }
    }

    private mutating func stop(
        _ id: JobID, as state: JobState, cause: JobID?, at now: Timestamp, _ steps: inout [Step],
        _ report: inout CommitReport
    ) {
        guard let entry = jobs[id], !entry.record.state.isTerminal else { return }
        guard entry.record.state == .running else {
            steps.append(.end(id, as: state, cause.map { JobFailure(related: $0, .cancelled) }, cause: cause))
            return
        }
        if entry.record.cancelRequestedAt == nil {
            update(id, at: now) { $0.record.cancelRequestedAt = now }
            report.stops.append(id)
        }
        for child in entry.openChildren.sorted() { steps.append(.stop(child, as: .cancelled, cause: id)) }
    }

    private mutating func end(
        _ id: JobID, as state: JobState, _ failure: JobFailure?, cause: JobID?, endedAt: Timestamp, at now: Timestamp,
        _ steps: inout [Step], _ report: inout CommitReport
    ) {
        guard let old = jobs[id], !old.record.state.isTerminal else { return }
        statistics.count(old.record.type, at: now) { $0.ended(as: state, at: now) }
        update(id, at: now) {
            $0.record.state = state
            $0.record.finishedAt = endedAt
            $0.preemptedAt = nil
            if let failure { $0.record.failure = failure }
            $0.openDependencies = []
            $0.openChildren = []
            $0.runsOnceMore = false
        }
        if let cause {
            let age = state == .expired ? endedAt.since(old.record.submittedAt) : nil
            report.changes.append(
                JobChange(id: id, type: old.record.type, state: state, cause: cause, age: age))
        }
        jobs.releaseKey(of: old.record)
        resolveDependents(of: id, state, old.dependencyPolicy, at: now, &steps, &report)
        updateParent(of: old.record, state, at: now, &steps, &report)
        if state != .completed {
            let childState: JobState = state == .expired ? .expired : .cancelled
            for child in old.openChildren.sorted() { steps.append(.stop(child, as: childState, cause: id)) }
        }
        if old.runsOnceMore, state != .superseded {
            let next = store(jobs.resubmission(of: old.record), at: now, &report).id
            schedules.replacePredecessor(old.record, with: next)
            report.changes.append(JobChange(id: next, type: old.record.type, state: .pending, cause: id))
        }
    }

    private mutating func resolveDependents(
        of id: JobID, _ state: JobState, _ policy: Dependency.Policy, at now: Timestamp, _ steps: inout [Step],
        _ report: inout CommitReport
    ) {
        for dependent in jobs.dependents[id]?.keys ?? [] {
            guard let record = jobs[dependent]?.record, jobs[dependent]?.openDependencies.contains(id) ?? false
            else { continue }
            if state == .completed || jobs[dependent]?.dependencyPolicy == .ignore {
                // In place: a copy of many dependencies for each of their ends would be quadratic.
                jobs[dependent]?.openDependencies.remove(id)
                guard record.state == .blocked, jobs[dependent]?.openDependencies.isEmpty ?? false else { continue }
                update(dependent, at: now) { $0.record.state = .pending }
                report.noteWork(record.priority)
                report.changes.append(JobChange(id: dependent, type: record.type, state: .pending, cause: id))
            } else if state != .dependencyFailed || policy != .fail {
                // Below a job that failed with the policy `.fail` the chain stays blocked until a person decides.
                steps.append(.end(dependent, as: .dependencyFailed, JobFailure(related: id, state), cause: id))
            }
        }
    }

    private mutating func updateParent(
        of child: JobRecord, _ state: JobState, at now: Timestamp, _ steps: inout [Step], _ report: inout CommitReport
    ) {
        guard let parent = child.parent, jobs.isActive(parent) else { return }
        // In place, before the entry is read: a copy of many children for each of their ends would be quadratic.
        jobs[parent]?.openChildren.remove(child.id)
        guard let entry = jobs[parent] else { return }
        let isFailure = [.failed, .deadLettered, .dependencyFailed, .expired].contains(state)
        if isFailure, entry.record.failFast {
            let failure = JobFailure(related: child.id, state)
            guard entry.record.state == .running else {
                steps.append(.end(parent, as: .failed, failure, cause: child.id))
                return
            }
            // The parent fails when its attempt ends; until then only its attempt may end it. The first failure has
            // stopped the siblings; children spawned later end with the parent.
            guard entry.childFailure == nil else { return }
            jobs[parent]?.childFailure = failure
            for sibling in entry.openChildren.sorted() {
                steps.append(.stop(sibling, as: .cancelled, cause: child.id))
            }
        } else if entry.record.state == .waiting, entry.openChildren.isEmpty {
            update(parent, at: now) { $0.finalize() }
            report.noteWork(entry.record.priority)
            report.changes.append(
                JobChange(id: parent, type: entry.record.type, state: .pending, cause: child.id))
        }
    }
}
