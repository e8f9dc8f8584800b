import QueueModel

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
        let open = others.filter(isActive)
        entries[id]?.dependencies = others.sorted()
        entries[id]?.openDependencies = open
    }

    /// Says what becomes of a blocked job whose dependencies may have ended before it was submitted (rule D11).
    mutating func judge(_ id: JobID, at now: Timestamp, _ effects: inout Effects) {
        guard let entry = entries[id], entry.record.state == .blocked else { return }
        if entry.dependencyPolicy != .ignore {
            for other in entry.dependencies where !entry.openDependencies.contains(other) {
                guard let state = entries[other]?.record.state, state != .completed else { continue }
                settle([.end(id, as: .dependencyFailed, related(other, state), cause: other)], at: now, &effects)
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

    /// The jobs of a cycle of waiting through one of the given jobs, in order, if there is one: a blocked job waits for
    /// its dependencies, a parent for its children.
    ///
    /// Depth first, without recursion, because chains may be long.
    func cycle(through starts: [JobID]) -> [JobID]? {
        var onPath: Set<JobID> = []
        var done: Set<JobID> = []
        for start in starts where !done.contains(start) {
            var path = [(id: start, next: waits(of: start))]
            onPath.insert(start)
            while var (id, next) = path.last {
                guard let other = next.popLast() else {
                    path.removeLast()
                    onPath.remove(id)
                    done.insert(id)
                    continue
                }
                path[path.count - 1].next = next
                if done.contains(other) { continue }
                if onPath.contains(other) { return Array(path.map(\.id).drop { $0 != other }) }
                id = other
                onPath.insert(id)
                path.append((id, waits(of: id)))
            }
        }
        return nil
    }

    private func waits(of id: JobID) -> [JobID] {
        guard let entry = entries[id], !entry.record.state.isTerminal else { return [] }
        return entry.openDependencies.sorted() + entry.openChildren.keys
    }
}
