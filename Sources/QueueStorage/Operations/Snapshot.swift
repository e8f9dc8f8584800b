import QueueModel
import QueueStoreKit

extension Session {
    /// How the store stands at an instant (rule Q2).
    func snapshot(of rules: AdmissionRules, at now: Timestamp) throws(QueueError) -> StoreSnapshot {
        var snapshot = StoreSnapshot()
        let ended = try statement(.endedCounts)
        while try ended.step() { snapshot.counts[try state(ended.int64(0))] = Int(ended.int64(1)) }
        let oldest = try countPending(into: &snapshot, at: now)
        if let oldest, let submittedAt = try submittedAt(oldest) {
            snapshot.oldestPending = .init(id: JobID(oldest), submittedAt: submittedAt)
        }
        snapshot.workers = try countRunning(into: &snapshot)
        let buckets = try buckets()
        snapshot.setRates(of: rules, at: now) { buckets[TokenBuckets.Key(of: $0), default: TokenBucket()] }
        snapshot.pauses = try pauses().filter { $0.isInForce(at: now) }
        snapshot.schedules = try schedules()
        return snapshot
    }

    /// Counts the active jobs that do not run, and gives the first pending one that is due.
    private func countPending(into snapshot: inout StoreSnapshot, at now: Timestamp) throws(QueueError) -> Int64? {
        var oldest: Int64?
        let ready = try statement(.readyByGroup)
        while try ready.step() {
            snapshot.count(
                .pending, type: try type(ready.int64(0)), group: try group(ready.int64(1)), isDue: true,
                jobs: Int(ready.int64(2)))
            oldest = min(oldest ?? .max, ready.int64(3))
        }
        // Counted by their numbers first: there may be many, of few types and groups.
        var counts: [Apart: Int] = [:]
        let apart = try statement(.activeApart)
        while try apart.step() {
            let key = Apart(
                state: try state(apart.int64(0)), type: apart.int64(1), group: apart.int64(2),
                isDue: apart.int64(0) == StoredState.suspect.rawValue
                    || apart.int64(0) == StoredState.scheduled.rawValue && (apart.timestamp(4) ?? now) <= now)
            counts[key, default: 0] += 1
            if key.isDue { oldest = min(oldest ?? .max, apart.int64(3)) }
        }
        for (key, count) in counts {
            snapshot.count(
                key.state, type: try type(key.type), group: try group(key.group), isDue: key.isDue, jobs: count)
        }
        return oldest
    }

    private struct Apart: Hashable {
        var state: JobState
        var type: Int64
        var group: Int64
        var isDue: Bool
    }

    /// Counts the jobs that run, and gives their workers.
    private func countRunning(into snapshot: inout StoreSnapshot) throws(QueueError) -> [WorkerStatus] {
        var workers: [WorkerStatus] = []
        let row = try statement(.workerStandings)
        while try row.step() {
            guard let ids = StoredText.ids(in: row.bytes(5)) else {
                throw Self.invalid("running", row.int64(0), table: "worker")
            }
            workers.append(
                WorkerStatus(
                    id: WorkerID(rawValue: row.int64(0)), process: row.int64(1),
                    openedAt: Timestamp(milliseconds: row.int64(2)), renewedAt: Timestamp(milliseconds: row.int64(3)),
                    lease: .milliseconds(row.int64(4)), running: ids.count))
            for id in ids {
                let job = try statement(.head)
                defer { job.reset() }
                job.bind(id, at: 1)
                if try job.step() {
                    snapshot.count(.running, type: try type(job.int64(0)), group: try group(job.int64(1)))
                }
            }
        }
        return workers
    }

    private func submittedAt(_ id: Int64) throws(QueueError) -> Timestamp? {
        let row = try statement(.waitsSince)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? Timestamp(milliseconds: row.int64(0)) : nil
    }

    /// What was used of each rate, as far as it is not full.
    func buckets() throws(QueueError) -> [TokenBuckets.Key: TokenBucket] {
        var buckets: [TokenBuckets.Key: TokenBucket] = [:]
        let row = try statement(.buckets)
        while try row.step() {
            buckets[TokenBuckets.Key(scope: row.int64(0), name: row.text(1))] = TokenBucket(fullAt: row.int64(2))
        }
        return buckets
    }
}

extension TokenBuckets.Key {
    fileprivate init(of owner: RateStatus.Owner) {
        switch owner {
        case .type(let type): self = .type(type)
        case .group(let name): self = .group(name)
        }
    }
}
