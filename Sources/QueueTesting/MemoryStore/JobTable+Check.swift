import QueueModel

extension JobTable {
    /// Returns what is wrong with the jobs, one sentence each (invariants I2, I3, I6, I7).
    func check(_ workers: WorkerTable) -> [String] {
        let wrong = entries.sorted(by: { $0.key < $1.key }).flatMap { id, entry in
            checkState(of: entry, workers) + checkRelatives(of: entry)
        }
        return wrong
            + keys.filter { !isActive($0.value) }.map { owner, id in
                "a key of \(owner.type) is taken by \(id), which is not active"
            }
    }

    /// Compares a job's state with the indexes and with what else is known of it.
    private func checkState(of entry: JobEntry, _ workers: WorkerTable) -> [String] {
        let record = entry.record
        let id = record.id
        var wrong: [String] = []
        if (record.state == .running) != index.running.contains(id) {
            wrong.append("\(id) is \(record.state) and the index of running jobs disagrees")
        }
        if (record.state == .preempted) != index.preempted.contains(id)
            || (record.state == .preempted) != (entry.preemptedAt != nil)
        {
            wrong.append("\(id) is \(record.state) and the index of preempted jobs disagrees")
        }
        if record.state == .running, !(record.worker.map(workers.contains) ?? false) {
            wrong.append("\(id) runs without a worker")
        }
        let isReady = index.ready.contains(record)
        let isScheduled = record.runAfter.map { index.scheduled.contains(JobIndex.Start(at: $0, id: id)) } ?? false
        if (record.state == .pending) != (isReady != isScheduled) || isReady && isScheduled {
            wrong.append("\(id) is \(record.state) and the indexes of pending jobs disagree")
        }
        if record.state.isTerminal != (record.finishedAt != nil) {
            wrong.append("\(id) is \(record.state) and its finish time disagrees")
        }
        if let key = record.key, !record.state.isTerminal, keys[KeyOwner(type: record.type, key: key)] != id {
            wrong.append("\(id) is active and does not have its key")
        }
        return wrong
    }

    /// Compares what a job waits for with its state and with the jobs themselves.
    private func checkRelatives(of entry: JobEntry) -> [String] {
        let id = entry.record.id
        var wrong: [String] = []
        if entry.record.state == .blocked, entry.openDependencies.isEmpty {
            wrong.append("\(id) is blocked by nothing")
        }
        if entry.record.state == .waiting, entry.openChildren.isEmpty {
            wrong.append("\(id) waits for no child")
        }
        for child in entry.openChildren where !isActive(child) || entries[child]?.record.parent != id {
            wrong.append("\(id) counts \(child), which is no active child of it")
        }
        return wrong
    }
}
