import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Records what a new job depends on.
    ///
    /// Only what has not ended can hold it back.
    mutating func link(_ id: JobID, to dependencies: [Dependency], outcomes: [SubmitOutcome]) {
        guard !dependencies.isEmpty else { return }
        var others: Set<JobID> = []
        for dependency in dependencies {
            switch dependency {
            case .job(let other): others.insert(other)
            case .submission(let place): others.insert(outcomes[place].id)
            }
        }
        for other in others { dependents[other, default: SortedKeys()].insert(id) }
        // One that was superseded within its batch waits no more.
        let open: Set<JobID> = isActive(id) ? others.filter(isActive) : []
        entries[id]?.dependencies = others.sorted()
        entries[id]?.openDependencies = open
    }

    /// Says what becomes of a blocked job whose dependencies may have ended before it was submitted (rule D11), and adds what
    /// follows to its outcome.
    mutating func judge(_ outcome: inout SubmitOutcome, at now: Timestamp, _ effects: inout Effects) {
        let id = outcome.id
        guard let entry = entries[id], entry.record.state == .blocked else { return }
        if entry.dependencyPolicy != .ignore {
            for other in entry.dependencies where !entry.openDependencies.contains(other) {
                guard let state = entries[other]?.record.state, state != .completed else { continue }
                let before = effects.changes.count
                settle([.end(id, as: .dependencyFailed, related(other, state), cause: other)], at: now, &effects)
                outcome.add(effects.changes[before...])
                return
            }
        }
        if entry.openDependencies.isEmpty {
            update(id, at: now) { $0.record.state = .pending }
            effects.noteWork(entry.record.priority)
        }
    }

    /// The failure of a job that goes down with another.
    func related(_ id: JobID, _ state: JobState) -> JobFailure {
        JobFailure(.relatedJob, "\(id) ended as \(state)")
    }

    /// The active jobs for which a job waits, or will: its dependencies and its children.
    func waits(of id: JobID) -> [JobID] {
        guard let entry = entries[id], !entry.record.state.isTerminal else { return [] }
        return entry.openDependencies.filter(isActive).sorted() + entry.openChildren.sorted()
    }

    /// The active jobs that wait for a job, or will: those that depend on it, and its parent.
    func waiters(for id: JobID) -> [JobID] {
        let dependents = dependents[id]?.keys ?? []
        let blocked = dependents.filter { entries[$0]?.openDependencies.contains(id) ?? false }
        return blocked + [entries[id]?.record.parent].compactMap(\.self)
    }
}
