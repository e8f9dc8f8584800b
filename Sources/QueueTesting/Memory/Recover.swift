import QueueModel

extension MemoryState {
    mutating func openWorker(lease: Duration, at now: HostTime) -> WorkerID {
        lastWorker += 1
        let id = WorkerID(rawValue: lastWorker)
        workers[id] = Lease(openedAt: now.date, renewedAt: now, lasts: lease)
        return id
    }

    /// A lease holds until somebody recovers its jobs, even if it ran out before.
    mutating func renewLease(of worker: WorkerID, at now: HostTime) -> LeaseRenewal {
        guard workers[worker] != nil else { return LeaseRenewal(isHeld: false) }
        workers[worker]?.renewedAt = now
        let asked = jobs(of: worker).filter { entries[$0]?.record.cancelRequestedAt != nil }
        return LeaseRenewal(isHeld: true, cancelRequested: asked)
    }

    mutating func closeWorker(_ worker: WorkerID, at now: Timestamp, _ effects: inout Effects) {
        let freed = groups(of: jobs(of: worker))
        for id in jobs(of: worker) {
            takeBack(id, JobFailure(.interrupted, "the worker closed"), at: now, &effects)
        }
        tellOfFreedSlots(in: freed, under: nil, &effects)
        workers[worker] = nil
        shares[worker] = nil
    }

    /// Takes the jobs of dead workers back (rules L4, L5).
    mutating func recover(at now: HostTime, maximumCrashes: Int, _ effects: inout Effects) {
        let dead = workers.filter { $0.value.isDead(at: now) }.sorted { $0.key.rawValue < $1.key.rawValue }
        let freed = groups(of: dead.flatMap { jobs(of: $0.key) })
        defer { tellOfFreedSlots(in: freed, under: nil, present: 0, &effects) }
        for (worker, lease) in dead {
            workers[worker] = nil
            shares[worker] = nil
            for id in jobs(of: worker) {
                effects.stops.append(id)
                if lease.death == .hostWentDown {
                    takeBack(id, JobFailure(.crashed, "the host went down"), at: now.date, &effects)
                } else {
                    blame(id, of: worker, maximumCrashes: maximumCrashes, at: now.date, &effects)
                }
            }
        }
    }

    /// Counts a crash.
    ///
    /// While a job is a suspect it runs alone among suspects, so each crash it is in then is its own.
    private mutating func blame(
        _ id: JobID, of worker: WorkerID, maximumCrashes: Int, at now: Timestamp, _ effects: inout Effects
    ) {
        let failure = JobFailure(.crashed, "\(worker) died while it ran")
        update(id, at: now) {
            if $0.record.isSuspect { $0.soloCrashes += 1 }
            $0.record.crashes += 1
        }
        guard let entry = entries[id] else { return }
        if entry.soloCrashes >= max(maximumCrashes, 1), entry.record.cancelRequestedAt == nil {
            closeAttempt(of: id, endedAt: now, failure)
            effects.changes.append(JobChange(id: id, type: entry.record.type, state: .deadLettered))
            settle([.end(id, as: .deadLettered, failure, cause: nil)], at: now, &effects)
        } else {
            takeBack(id, failure, at: now, &effects)
        }
    }

    /// Puts a running job back into its place, unless it was asked to stop or a child took it down.
    private mutating func takeBack(
        _ id: JobID, _ failure: JobFailure, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let entry = entries[id] else { return }
        closeAttempt(of: id, endedAt: now, failure)
        let decision = FinishDecision.interrupting(with: failure, for: entry.finishFacts)
        effects.changes.append(JobChange(id: id, type: entry.record.type, state: decision.state ?? .pending))
        if case .end(let state, output: _, let failure) = decision {
            settle([.end(id, as: state, failure, cause: nil)], at: now, &effects)
            return
        }
        update(id, at: now) {
            $0.record.state = .pending
            if failure.kind == .crashed { $0.record.failure = failure }
        }
        effects.noteWork(entry.record.priority)
    }

    func jobs(of worker: WorkerID) -> [JobID] {
        running.keys.filter { entries[$0]?.record.worker == worker }
    }

    mutating func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) throws(QueueError) {
        guard let record = entries[id]?.record, record.state == .running, record.attempt == attempt else {
            throw QueueError(.leaseLost, "attempt \(attempt) at \(id) is not the present one", jobs: [id])
        }
        entries[id]?.record.checkpoint = bytes
    }
}

extension MemoryState.Lease {
    /// Whether the worker is gone (rule L5).
    func isDead(at now: HostTime) -> Bool {
        death != nil || now.uptime - renewedAt.uptime > lasts
    }
}
