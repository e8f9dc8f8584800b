extension JobSubmission {
    /// The jobs of a cycle of waiting that a batch closes with what was stored before it, in order, each waiting for the next;
    /// `nil` if there is none.
    ///
    /// The batch was validated, and its references are stored. A new job that nobody waits for can't close a cycle; so only
    /// two things can: a duplicate, through which a submission names another job than its place says, and a child that depends on
    /// what waits for its parent. All else costs nothing here.
    ///
    /// - Parameters:
    ///   - waits: The active jobs that an active job waits for, or will: its dependencies and its children.
    ///   - waiters: The active jobs that wait for an active job, or will: those that depend on it, and its parent.
    package static func cycle(
        in batch: [JobSubmission], _ outcomes: [SubmitOutcome],
        waits: (JobID) throws(QueueError) -> [JobID], waiters: (JobID) throws(QueueError) -> [JobID]
    ) throws(QueueError) -> [JobID]? {
        if let cycle = cycleThroughDuplicates(in: batch, outcomes) { return cycle }
        var parents: [JobID] = []
        var children: [JobID: [JobID]] = [:]
        for (submission, outcome) in zip(batch, outcomes) where outcome.isNew && !submission.dependencies.isEmpty {
            guard let parent = submission.parent else { continue }
            if children[parent] == nil { parents.append(parent) }
            children[parent, default: []].append(outcome.id)
        }
        for parent in parents {
            let path = try waitPath(from: children[parent] ?? [], to: parent, waits: waits, waiters: waiters)
            if let path { return [parent] + path.dropLast() }
        }
        return nil
    }

    /// The error that refuses a cycle and names its path.
    package static func cycleError(_ cycle: [JobID], _ outcomes: [SubmitOutcome]) -> QueueError {
        let path = (cycle + cycle.prefix(1)).map(\.description).joined(separator: " → ")
        let members = Set(cycle)
        return QueueError(
            .dependencyCycle, "jobs would wait for each other: \(path)",
            index: outcomes.firstIndex { $0.isNew && members.contains($0.id) }, jobs: cycle)
    }

    private static func cycleThroughDuplicates(
        in batch: [JobSubmission], _ outcomes: [SubmitOutcome]
    ) -> [JobID]? {
        if outcomes.allSatisfy(\.isNew) { return nil }
        var places: [JobID: Int] = [:]
        for (place, outcome) in outcomes.enumerated() where outcome.isNew { places[outcome.id] = place }
        let references = batch.indices.map { place -> [Int] in
            guard outcomes[place].isNew else { return [] }
            return batch[place].dependencies.compactMap { dependency in
                guard case .submission(let other) = dependency else { return nil }
                return places[outcomes[other].id]
            }
        }
        return cycle(among: references)?.map { outcomes[$0].id }
    }

    /// The places of a cycle in a list of references from each place to others, in order, if there is one.
    ///
    /// Depth first, without recursion: a chain may be long. The cost is linear in places and references.
    static func cycle(among references: [[Int]]) -> [Int]? {
        enum Mark { case unseen, onPath, done }
        var marks = [Mark](repeating: .unseen, count: references.count)
        for start in references.indices where marks[start] == .unseen {
            var path = [(place: start, next: 0)]
            marks[start] = .onPath
            while let (place, next) = path.last {
                guard next < references[place].count else {
                    marks[place] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let other = references[place][next]
                switch marks[other] {
                case .done: continue
                case .onPath: return Array(path.map(\.place).drop { $0 != other })
                case .unseen:
                    marks[other] = .onPath
                    path.append((other, 0))
                }
            }
        }
        return nil
    }
}
