import QueueModel

extension StoreState {
    func openWorker(lease: Duration, at now: HostTime) throws(QueueError) -> WorkerID {
        let id = try counter("worker") + 1
        try setCounter("worker", id)
        let row = try session.statement(.insertWorker)
        row.bind(id, at: 1)
        row.bind(storeID, at: 2)
        row.bind(process.host, at: 3)
        row.bind(process.boot, at: 4)
        row.bind(process.pid, at: 5)
        row.bind(process.start, at: 6)
        row.bind(now.date.milliseconds, at: 7)
        row.bind(now.uptime.wholeMilliseconds, at: 8)
        row.bind(lease.wholeMilliseconds, at: 9)
        try row.run()
        didOpen(worker: id)
        return WorkerID(rawValue: id)
    }

    /// A lease holds until somebody recovers its jobs, even if it ran out before.
    func renewLease(of worker: WorkerID, at now: HostTime) throws(QueueError) -> LeaseRenewal {
        try session.run(.renewWorker, worker.rawValue, now.date.milliseconds, now.uptime.wholeMilliseconds)
        guard session.connection.changes == 1 else { return LeaseRenewal(isHeld: false) }
        var asked: [JobID] = []
        for id in board.running.ids(of: worker.rawValue).sorted() {
            if try head(id)?.flags.contains(.cancelRequested) ?? false { asked.append(JobID(id)) }
        }
        return LeaseRenewal(isHeld: true, cancelRequested: asked)
    }

    func closeWorker(_ worker: WorkerID, at now: Timestamp) throws(QueueError) {
        for id in board.running.ids(of: worker.rawValue).sorted() {
            guard let head = try head(id), head.isRunning else { continue }
            try takeBack(head, JobFailure(.interrupted, "the worker closed"), at: now)
        }
        // Before it leaves: whoever is there besides may wait.
        try tellOfFreedSlots(under: nil)
        try session.run(.deleteWorker, worker.rawValue)
        didClose(worker: worker.rawValue)
    }

    // MARK: Recovery

    /// Takes the jobs of dead workers back (rules L4, L5).
    func recover(at now: HostTime, maximumCrashes: Int) throws(QueueError) -> [JobChange] {
        for (worker, hostWentDown) in try deadWorkers(at: now) {
            try session.run(.deleteWorker, worker)
            didClose(worker: worker)
            for id in board.running.ids(of: worker).sorted() {
                effects.stops.append(JobID(id))
                guard let head = try head(id), head.isRunning else { continue }
                if hostWentDown {
                    let failure = JobFailure(.crashed, "the host went down")
                    try set(failure, of: head)
                    try takeBack(head, failure, at: now.date)
                } else {
                    try blame(head, of: WorkerID(rawValue: worker), maximumCrashes: maximumCrashes, at: now.date)
                }
            }
        }
        try tellOfFreedSlots(under: nil, present: 0)
        return effects.changes
    }

    private func deadWorkers(at now: HostTime) throws(QueueError) -> [(worker: Int64, hostWentDown: Bool)] {
        var dead: [(Int64, Bool)] = []
        let row = try session.statement(.workers)
        while try row.step() {
            let id = row.int64(0)
            let identity = ProcessIdentity(
                host: row.text(2), boot: row.text(3), pid: row.int64(4), start: row.text(5))
            let isOwn = row.int64(1) == storeID
            switch isOwn ? .alive : identity.life {
            case .hostWentDown: dead.append((id, true))
            case .gone: dead.append((id, false))
            case .alive, .unknown:
                // Only the uptime of one run of one host can be compared; whoever is elsewhere can be judged by the date alone.
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
        row.bind(head.id, at: 1)
        row.bind(head.crashes, at: 2)
        row.bind(head.soloCrashes, at: 3)
        row.bind(failure, at: 4)
        try row.run()
        let flags: JobFlags = head.isSuspect ? [.hasExtra, .isSuspect] : .hasExtra
        head.flags.formUnion(flags)
        if head.soloCrashes >= Int64(max(maximumCrashes, 1)), head.cancelRequestedAt == nil {
            try session.run(.setFlags, head.id, flags.rawValue)
            try recordAttempt(head, endedAt: now, failure)
            try note(head, .deadLettered)
            try settle([.end(head.id, as: .deadLettered, failure, cause: nil)], at: now)
        } else {
            try takeBack(head, failure, setting: flags, at: now)
        }
    }

    /// Puts a running job back into its place, unless it was asked to stop or a child took it down.
    private func takeBack(
        _ head: JobHead, _ failure: JobFailure, setting flags: JobFlags = [], at now: Timestamp
    ) throws(QueueError) {
        try recordAttempt(head, endedAt: now, failure)
        let decision = FinishDecision.interrupting(with: failure, for: head.finishFacts)
        try note(head, decision.state ?? .pending)
        if case .end(let state, output: _, let failure) = decision {
            if !flags.isEmpty { try session.run(.setFlags, head.id, flags.rawValue) }
            try settle([.end(head.id, as: StoredState(terminal: state), failure, cause: nil)], at: now)
        } else {
            try makePending(head, setting: flags, at: now)
        }
    }

    func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) throws(QueueError) {
        guard let head = try head(id.rawValue), head.isRunning, head.attempt == Int64(attempt) else {
            throw QueueError(.leaseLost, "attempt \(attempt) at \(id) is not the present one", jobs: [id])
        }
        try makeExtra(head.id, head.flags)
        let row = try session.statement(.setCheckpoint)
        row.bind(head.id, at: 1)
        row.bind(bytes, at: 2)
        try row.run()
        row.bind(Int64?.none, at: 2)
    }

    // MARK: Wake-ups from other processes

    /// The running jobs of this store's workers that were asked to stop, by whomever, and those that were taken away.
    func stopsOfOthers() throws(QueueError) -> [JobID] {
        var stops: Set<Int64> = []
        for worker in try session.ids(.workersOfStore, storeID) {
            for id in board.running.ids(of: worker) {
                if try head(id)?.flags.contains(.cancelRequested) ?? false { stops.insert(id) }
            }
        }
        for (id, worker) in watched {
            let head = try head(id)
            if head?.isRunning != true || head?.worker != worker { stops.insert(id) }
        }
        watched = [:]
        return stops.sorted().map { JobID($0) }
    }
}
