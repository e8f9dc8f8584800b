import QueueModel
import QueueStoreKit

/// Reads the state of a whole store.
struct SnapshotReader {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns the state of the store at an instant.
    func snapshot(of rules: AdmissionRules, at now: Timestamp) throws(QueueError) -> StoreSnapshot {
        var snapshot = StoreSnapshot()
        let ended = try session.statement(.endedCounts)
        while try ended.step() { snapshot.counts[try StoredRow.state(ended.int64(0)).jobState] = Int(ended.int64(1)) }
        let oldest = try countPending(into: &snapshot, at: now)
        if let oldest, let submittedAt = try submittedAt(oldest) {
            snapshot.oldestPending = .init(id: JobID(oldest), submittedAt: submittedAt)
        }
        snapshot.workers = try countRunning(into: &snapshot)
        let buckets = try session.buckets()
        snapshot.setRates(of: rules, at: now) { buckets[TokenBuckets.Key(of: $0), default: TokenBucket()] }
        snapshot.pauses = try session.pauses().filter { $0.isInForce(at: now) }
        snapshot.schedules = try ScheduleReader(session).schedules()
        return snapshot
    }

    /// Counts the active jobs that do not run, and returns the first pending job that is due.
    private func countPending(into snapshot: inout StoreSnapshot, at now: Timestamp) throws(QueueError) -> Int64? {
        var oldest: Int64?
        let ready = try session.statement(.readyByGroup)
        while try ready.step() {
            snapshot.count(
                .pending, type: try session.type(ready.int64(0)), group: try session.group(ready.int64(1)), isDue: true,
                jobs: Int(ready.int64(2)))
            oldest = min(oldest ?? .max, ready.int64(3))
        }
        // Counted by ids first: there may be many jobs of few types and groups.
        var counts: [Apart: Int] = [:]
        let apart = try session.statement(.activeApart)
        while try apart.step() {
            let key = Apart(
                state: try StoredRow.state(apart.int64(0)).jobState, type: apart.int64(1), group: apart.int64(2),
                isDue: apart.int64(0) == StoredState.suspect.rawValue
                    || apart.int64(0) == StoredState.scheduled.rawValue && (apart.timestamp(4) ?? now) <= now)
            counts[key, default: 0] += 1
            if key.isDue { oldest = min(oldest ?? .max, apart.int64(3)) }
        }
        for (key, count) in counts {
            snapshot.count(
                key.state, type: try session.type(key.type), group: try session.group(key.group), isDue: key.isDue,
                jobs: count)
        }
        return oldest
    }

    private struct Apart: Hashable {
        var state: JobState
        var type: Int64
        var group: Int64
        var isDue: Bool
    }

    /// Counts the jobs that run, and returns their workers.
    private func countRunning(into snapshot: inout StoreSnapshot) throws(QueueError) -> [StoreSnapshot.WorkerStatus] {
        var workers: [StoreSnapshot.WorkerStatus] = []
        let row = try session.statement(.workerStatuses)
        while try row.step() {
            guard let ids = StoredText.ids(in: row.bytes(5)) else {
                throw StoredRow.invalid("running", row.int64(0), table: "worker")
            }
            workers.append(
                StoreSnapshot.WorkerStatus(
                    id: WorkerID(rawValue: row.int64(0)), process: row.int64(1),
                    openedAt: Timestamp(milliseconds: row.int64(2)), renewedAt: Timestamp(milliseconds: row.int64(3)),
                    lease: .milliseconds(row.int64(4)), running: ids.count))
            for id in ids {
                let job = try session.statement(.head)
                defer { job.reset() }
                job.bind(id, at: 1)
                if try job.step() {
                    snapshot.count(
                        .running, type: try session.type(job.int64(0)), group: try session.group(job.int64(1)))
                }
            }
        }
        return workers
    }

    private func submittedAt(_ id: Int64) throws(QueueError) -> Timestamp? {
        let row = try session.statement(.waitsSince)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? Timestamp(milliseconds: row.int64(0)) : nil
    }
}

extension TokenBuckets.Key {
    fileprivate init(of owner: StoreSnapshot.RateStatus.Owner) {
        switch owner {
        case .type(let type): self = .type(type)
        case .group(let name): self = .group(name)
        }
    }
}
