import QueueModel
import QueueStoreKit

/// Jobs with an earliest start, which become ready when it has come.
struct DueJobs: StoreComponent {
    let context: StoreContext

    /// How many jobs that have become due one turn makes ready; the next goes on.
    private static let dueLimit: Int64 = 4096

    /// Makes ready what has become due.
    func promote(at now: Timestamp) throws(QueueError) {
        guard let due = try next(), due <= now else { return }
        let row = try session.statement(.due)
        row.bind(now.milliseconds, at: 1)
        row.bind(Self.dueLimit, at: 2)
        var jobs: [(id: Int64, lane: LaneKey, isSuspect: Bool)] = []
        defer { row.reset() }
        while try row.step() {
            let lane = try StoredRow.lane(row, from: 1, of: row.int64(0))
            jobs.append((row.int64(0), lane, JobFlags(rawValue: row.int64(5)).contains(.isSuspect)))
        }
        for job in jobs {
            try self.jobs.know(job.lane)
            let state: StoredState = job.isSuspect ? .suspect : .ready
            if !context.onlyReads { try session.run(.setState, job.id, state.rawValue) }
            context.lanes.insert(job.id, lane: job.lane, isSuspect: job.isSuspect)
        }
        context.lanes.nextDue.forget()
    }

    func next() throws(QueueError) -> Timestamp? {
        if !context.lanes.nextDue.isKnown { context.lanes.nextDue.set(try session.integer(.nextDue)) }
        return context.lanes.nextDue.instant.map { Timestamp(milliseconds: $0) }
    }
}
