package import QueueModel

extension JobSubmission {
    /// Returns the jobs of a cycle that a batch closes with what was stored before it, in order, each waiting for the
    /// next; `nil` if there is none.
    ///
    /// The batch has been validated, and its references are stored. A new job that nobody waits for can't close a
    /// cycle, so only two things can: a duplicate, through which a submission refers to another job than its index
    /// says, and a child that depends on a job which waits for its parent. Everything else costs nothing here.
    ///
    /// - Parameters:
    ///   - batch: The submissions.
    ///   - outcomes: Their outcomes.
    ///   - waits: Returns the active jobs that an active job waits for, or will: its dependencies and its children.
    ///   - waiters: Returns the active jobs that wait for an active job, or will: those that depend on it, and its
    ///     parent.
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

    /// Returns the error that reports a cycle and its path.
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
}

/// Returns a path from one of several jobs to one that it waits for, directly or through others: each waits for the
/// next; `nil` if there is none.
///
/// The search goes from both ends, each time from the one that has cost less so far, and is over when either has been
/// exhausted. So it costs no more than twice the smaller of two things: all that the jobs wait for, and all that wait
/// for the goal. A job that nobody waits for is found at once, however long the chains before it are.
package func waitPath(
    from starts: [JobID], to goal: JobID,
    waits: (JobID) throws(QueueError) -> [JobID], waiters: (JobID) throws(QueueError) -> [JobID]
) throws(QueueError) -> [JobID]? {
    if starts.contains(goal) { return [goal] }
    /// The job before each that was reached from the starts; a start's is itself.
    var former = Dictionary(starts.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
    /// The job behind each that was reached from the goal; the goal's is itself.
    var further = [goal: goal]
    var near = starts
    var far = [goal]
    var costs = (near: 0, far: 0)
    while true {
        if costs.near <= costs.far {
            guard let job = near.popLast() else { return nil }
            let next = try waits(job)
            costs.near += next.count + 1
            for other in next where former[other] == nil {
                former[other] = job
                if further[other] != nil { return path(through: other, former, further) }
                near.append(other)
            }
        } else {
            guard let job = far.popLast() else { return nil }
            let next = try waiters(job)
            costs.far += next.count + 1
            for other in next where further[other] == nil {
                further[other] = job
                if former[other] != nil { return path(through: other, former, further) }
                far.append(other)
            }
        }
    }
}

/// Returns the path to a job from where its search began, and on to the goal.
private func path(through middle: JobID, _ former: [JobID: JobID], _ further: [JobID: JobID]) -> [JobID] {
    var path = [middle]
    while let last = path.last, let job = former[last], job != last { path.append(job) }
    path.reverse()
    while let last = path.last, let job = further[last], job != last { path.append(job) }
    return path
}
