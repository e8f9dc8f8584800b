import QueueModel

extension StoreState {
    /// Records what the new jobs of a batch depend on, and says what becomes of each (rule D11).
    ///
    /// First every reference, then every verdict, so that the order inside of the batch makes no difference.
    func link(_ batch: [JobSubmission], _ outcomes: [SubmitOutcome], at now: Timestamp) throws(QueueError) {
        let fresh = batch.indices.filter { outcomes[$0].isNew && !batch[$0].dependencies.isEmpty }
        for index in fresh {
            do throws(QueueError) {
                try link(outcomes[index].id.rawValue, to: batch[index].dependencies, outcomes)
            } catch {
                throw error.at(index: index)
            }
        }
        // Between new jobs alone a cycle was found by whoever validated the batch, unless duplicates stand for some.
        let mayCycle = batch.contains { $0.parent != nil } || outcomes.contains { !$0.isNew }
        if mayCycle, let cycle = try cycle(through: outcomes.filter(\.isNew).map(\.id.rawValue)) {
            let jobs = cycle.map { JobID($0) }
            let path = (jobs + jobs.prefix(1)).map(\.description).joined(separator: " → ")
            throw QueueError(
                .dependencyCycle, "jobs would wait for each other: \(path)",
                index: outcomes.firstIndex { $0.isNew && jobs.contains($0.id) }, jobs: jobs)
        }
        for index in fresh { try judge(outcomes[index].id.rawValue, at: now) }
    }

    private func link(
        _ id: Int64, to dependencies: [Dependency], _ outcomes: [SubmitOutcome]
    ) throws(QueueError) {
        var others: Set<Int64> = []
        for dependency in dependencies {
            switch dependency {
            case .job(let other): others.insert(other.rawValue)
            case .submission(let place):
                guard outcomes.indices.contains(place) else {
                    throw QueueError(
                        .unknownDependency, "the dependency on submission \(place) is outside of the batch")
                }
                others.insert(outcomes[place].id.rawValue)
            }
        }
        var open: Int64 = 0
        for other in others.sorted() {
            let isOpen = try head(other).map { !$0.state.isTerminal } ?? false
            if isOpen { open += 1 }
            try session.run(.insertDependency, id, other, isOpen ? 0 : 1)
            // Ended ones too: while the dependent is active they are kept.
            try session.run(.setFlags, other, JobFlags.hasDependents.rawValue)
        }
        try session.run(.setOpenDependencies, id, open)
    }

    /// Says what becomes of a new job whose dependencies may have ended before it was submitted.
    private func judge(_ id: Int64, at now: Timestamp) throws(QueueError) {
        guard let head = try head(id), head.state == .blocked else { return }
        if head.flags.dependencyPolicy != .ignore {
            for other in try endedDependencies(of: id) {
                guard let state = try self.head(other)?.state, state != .completed else { continue }
                let failure = related(other, state.jobState)
                try settle([.end(id, as: .dependencyFailed, failure, cause: other)], at: now)
                return
            }
        }
        if head.openDependencies == 0 { try makePending(head, at: now) }
    }

    private func endedDependencies(of id: Int64) throws(QueueError) -> [Int64] {
        let row = try session.statement(.dependenciesOf)
        row.bind(id, at: 1)
        var ended: [Int64] = []
        while try row.step() {
            if row.int64(1) != 0 { ended.append(row.int64(0)) }
        }
        return ended
    }

    /// The failure of a job that goes down with another.
    func related(_ id: Int64, _ state: JobState) -> JobFailure {
        JobFailure(.relatedJob, "\(JobID(id)) ended as \(state)")
    }

    /// The jobs of a cycle of waiting through one of the given jobs, in order, if there is one: a blocked job waits
    /// for its dependencies, a parent for its children.
    ///
    /// Depth first, without recursion: chains may be long.
    private func cycle(through starts: [Int64]) throws(QueueError) -> [Int64]? {
        var onPath: Set<Int64> = []
        var done: Set<Int64> = []
        for start in starts where !done.contains(start) {
            var path = [(id: start, next: try waits(of: start))]
            onPath.insert(start)
            while let last = path.last {
                guard let other = last.next.last else {
                    path.removeLast()
                    onPath.remove(last.id)
                    done.insert(last.id)
                    continue
                }
                path[path.count - 1].next.removeLast()
                if done.contains(other) { continue }
                if onPath.contains(other) { return Array(path.map(\.id).drop { $0 != other }) }
                onPath.insert(other)
                path.append((other, try waits(of: other)))
            }
        }
        return nil
    }

    private func waits(of id: Int64) throws(QueueError) -> [Int64] {
        guard let head = try head(id), !head.state.isTerminal else { return [] }
        return try session.ids(.unmetDependenciesOf, id) + session.ids(.childrenOf, id)
    }
}
