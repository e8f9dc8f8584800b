import QueueModel
import QueueStoreKit

/// The workers and their leases.
struct Workers: StoreComponent {
    let context: StoreContext

    func open(lease: Duration, at now: HostTime) throws(QueueError) -> WorkerID {
        let id = try Counters(context).value(of: "worker") + 1
        try Counters(context).set("worker", id)
        let row = try session.statement(.insertWorker)
        row.bind(id, at: .id)
        row.bind(context.storeID, at: .store)
        row.bind(context.process.host, at: .host)
        row.bind(context.process.boot, at: .boot)
        row.bind(context.process.pid, at: .pid)
        row.bind(context.process.start, at: .processStart)
        row.bind(now.date.milliseconds, at: .now)
        row.bind(now.uptime.wholeMilliseconds, at: .uptime)
        row.bind(lease.wholeMilliseconds, at: .lease)
        try row.run()
        didOpen(worker: id)
        return WorkerID(rawValue: id)
    }

    /// A lease is valid until its jobs are recovered, even if it ran out before.
    func renewLease(of worker: WorkerID, at now: HostTime) throws(QueueError) -> LeaseRenewal {
        try session.run(.renewWorker, worker.rawValue, now.date.milliseconds, now.uptime.wholeMilliseconds)
        guard session.connection.changes == 1 else { return LeaseRenewal(isHeld: false) }
        var asked: [JobID] = []
        for id in context.lanes.running.ids(of: worker.rawValue).sorted() {
            if try jobs.head(id)?.flags.contains(.cancelRequested) ?? false { asked.append(JobID(id)) }
        }
        return LeaseRenewal(isHeld: true, cancelRequested: asked)
    }

    func close(_ worker: WorkerID, at now: Timestamp) throws(QueueError) {
        for id in context.lanes.running.ids(of: worker.rawValue).sorted() {
            guard let head = try jobs.head(id), head.isRunning else { continue }
            try Recovery(context).takeBack(head, JobFailure(.interrupted, "the worker closed"), at: now)
        }
        // Before it leaves: another worker may wait.
        try FreedSlots(context).report(under: nil)
        try session.run(.deleteWorker, worker.rawValue)
        didClose(worker: worker.rawValue)
    }

    func didOpen(worker: Int64) {
        context.openWorkers.insert(worker)
        context.expectedWorker = worker
    }

    func didClose(worker: Int64) {
        context.openWorkers.remove(worker)
        context.lanes.forget(worker: worker)
        context.savedShares[worker] = nil
    }

    /// Whether a worker has a lease.
    func isOpen(worker: Int64) throws(QueueError) -> Bool {
        if context.openWorkers.contains(worker) { return true }
        let row = try session.statement(.worker)
        defer { row.reset() }
        row.bind(worker, at: 1)
        guard try row.step() else { return false }
        context.openWorkers.insert(worker)
        return true
    }

    func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) throws(QueueError) {
        guard let head = try jobs.head(id.rawValue), head.isRunning, head.attempt == Int64(attempt) else {
            throw QueueError(.leaseLost, "attempt \(attempt) at \(id) is not the present one", jobs: [id])
        }
        try jobs.makeExtra(head.id, head.flags)
        let row = try session.statement(.setCheckpoint)
        row.bind(head.id, at: 1)
        row.bind(bytes, at: 2)
        try row.run()
        row.bind(Int64?.none, at: 2)
    }

    /// Returns what another process has done that observers of this store want to know.
    func reportOfOthers() throws(QueueError) -> CommitReport {
        CommitReport(
            stops: try stopsOfOthers(), changedSchedules: try Schedules(context).othersHaveChanged(),
            changedPauses: Pauses(context).othersHaveChanged())
    }

    /// The running jobs of this store's workers that were asked to stop, by whomever, and those that were taken away.
    private func stopsOfOthers() throws(QueueError) -> [JobID] {
        var stops: Set<Int64> = []
        for worker in try session.ids(.workersOfStore, context.storeID) {
            for id in context.lanes.running.ids(of: worker) {
                if try jobs.head(id)?.flags.contains(.cancelRequested) ?? false { stops.insert(id) }
            }
        }
        for (id, worker) in context.jobsToVerify {
            let head = try jobs.head(id)
            if head?.isRunning != true || head?.worker != worker { stops.insert(id) }
        }
        context.jobsToVerify = [:]
        return stops.sorted().map { JobID($0) }
    }
}
