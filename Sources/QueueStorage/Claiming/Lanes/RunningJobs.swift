/// The running jobs, with the counts that limits are compared to.
struct RunningJobs {
    /// A running job.
    struct Job: Hashable {
        var lane: LaneKey
        var worker: Int64
        /// The start of its current attempt, as stored in its row.
        var startedAt: Int64
        var isSuspect: Bool
    }

    private(set) var jobs: [Int64: Job] = [:]
    /// The number of running jobs of each group, over all workers.
    private(set) var ofGroup: [Int64: Int] = [:]
    private(set) var suspects = 0

    mutating func insert(_ id: Int64, _ job: Job) {
        jobs[id] = job
        if job.lane.group != 0 { ofGroup[job.lane.group, default: 0] += 1 }
        if job.isSuspect { suspects += 1 }
    }

    /// Returns the jobs of a worker, in no order.
    func ids(of worker: Int64) -> [Int64] {
        var ids: [Int64] = []
        ids.reserveCapacity(jobs.count)
        for (id, job) in jobs where job.worker == worker { ids.append(id) }
        return ids
    }

    /// Returns whether a job at a priority or a more urgent one runs.
    func has(upTo priority: Int64) -> Bool { jobs.values.contains { $0.lane.priority <= priority } }

    /// Returns the number of a worker's jobs that are less urgent than a priority.
    func count(of worker: Int64, below priority: Int64) -> Int {
        jobs.values.reduce(0) { $0 + ($1.worker == worker && $1.lane.priority > priority ? 1 : 0) }
    }

    /// Removes a job and returns it, or `nil` if it did not run.
    mutating func remove(_ id: Int64) -> Job? {
        guard let job = jobs.removeValue(forKey: id) else { return nil }
        if job.lane.group != 0, let count = ofGroup[job.lane.group] {
            ofGroup[job.lane.group] = count > 1 ? count - 1 : nil
        }
        if job.isSuspect { suspects -= 1 }
        return job
    }

    mutating func setStart(_ instant: Int64, of id: Int64) {
        jobs[id]?.startedAt = instant
    }
}
