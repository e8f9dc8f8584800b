import QueueModel
import QueueStoreKit

/// Recovers the jobs of dead workers.
struct Recovery: StoreComponent {
    let context: StoreContext

    /// Takes back the jobs of dead workers.
    func recover(at now: HostTime, maximumCrashes: Int) throws(QueueError) -> [JobChange] {
        for (worker, hostWentDown) in try deadWorkers(at: now) {
            try session.run(.deleteWorker, worker)
            Workers(context).didClose(worker: worker)
            for id in context.lanes.running.ids(of: worker).sorted() {
                context.report.stops.append(JobID(id))
                guard let head = try jobs.head(id), head.isRunning else { continue }
                if hostWentDown {
                    let failure = JobFailure(.crashed, "the host went down")
                    try jobs.set(failure, of: head)
                    try takeBack(head, failure, at: now.date)
                } else {
                    try blame(head, of: WorkerID(rawValue: worker), maximumCrashes: maximumCrashes, at: now.date)
                }
            }
        }
        try FreedSlots(context).report(under: nil, present: 0)
        return context.changes
    }

    private func deadWorkers(at now: HostTime) throws(QueueError) -> [(worker: Int64, hostWentDown: Bool)] {
        var dead: [(Int64, Bool)] = []
        let row = try session.statement(.workers)
        while try row.step() {
            let id = row.int64(0)
            let identity = ProcessIdentity(
                host: row.text(2), boot: row.text(3), pid: row.int64(4), start: row.text(5))
            let isOwn = row.int64(1) == context.storeID
            switch isOwn ? .alive : identity.life {
            case .hostWentDown: dead.append((id, true))
            case .gone: dead.append((id, false))
            case .alive, .unknown:
                // Only the uptime of one run of one host can be compared; processes elsewhere can be judged by the date
                // alone.
                let silence: Duration =
                    isOwn || identity.sharesUptime
                    ? now.uptime - .milliseconds(row.int64(7))
                    : now.date.since(Timestamp(milliseconds: row.int64(6)))
                if silence > .milliseconds(row.int64(8)) { dead.append((id, false)) }
            }
        }
        return dead
    }

    /// Counts a crash.
    ///
    /// While a job is a suspect it runs alone among suspects, so each crash it is in then is its own.
    private func blame(
        _ head: JobHead, of worker: WorkerID, maximumCrashes: Int, at now: Timestamp
    ) throws(QueueError) {
        var head = head
        let failure = JobFailure(.crashed, "\(worker) died while it ran")
        if head.isSuspect { head.soloCrashes += 1 }
        head.crashes += 1
        let row = try session.statement(.blame)
        row.bind(head.id, at: .id)
        row.bind(head.crashes, at: .crashes)
        row.bind(head.soloCrashes, at: .soloCrashes)
        row.bind(failure)
        try row.run()
        let flags: JobFlags = head.isSuspect ? [.hasExtra, .isSuspect] : .hasExtra
        head.flags.formUnion(flags)
        if head.soloCrashes >= Int64(max(maximumCrashes, 1)), head.cancelRequestedAt == nil {
            try session.run(.setFlags, head.id, flags.rawValue)
            try jobs.recordAttempt(head, endedAt: now, failure)
            try jobs.note(head, .deadLettered)
            try Propagation(context).run([.end(head.id, as: .deadLettered, failure, cause: nil)], at: now)
        } else {
            try takeBack(head, failure, setting: flags, at: now)
        }
    }

    /// Puts a running job back into its place, unless it was asked to stop or a child took it down.
    func takeBack(
        _ head: JobHead, _ failure: JobFailure, setting flags: JobFlags = [], at now: Timestamp
    ) throws(QueueError) {
        try jobs.recordAttempt(head, endedAt: now, failure)
        let decision = FinishDecision.interrupting(with: failure, for: head.finishFacts)
        try jobs.note(head, decision.state ?? .pending)
        if case .end(let state, output: _, let failure) = decision {
            if !flags.isEmpty { try session.run(.setFlags, head.id, flags.rawValue) }
            try Propagation(context).run(
                [.end(head.id, as: StoredState(terminal: state), failure, cause: nil)], at: now)
        } else {
            try jobs.makePending(head, setting: flags, at: now)
        }
    }
}
