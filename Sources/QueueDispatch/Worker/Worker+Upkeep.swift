import QueueModel
import QueueStoreKit
import Synchronization

/// What a worker does for its lease and for the store, between or after turns.
extension Worker {
    /// Renews the lease and looks after other workers' jobs, when it is time.
    func renewLease(at now: Duration) async {
        let due = lock.state.withLock { $0.lease.renewalDue(at: now, every: $0.settings.leaseRenewal) }
        guard let lease = due else { return }
        do {
            let renewal = try await core.store.renewLease(of: lease, at: core.hostTime)
            if renewal.isHeld {
                lock.state.withLock { $0.jobs.requestStop(of: renewal.cancelRequested) }
            } else {
                try await openNewLease(after: lease)
            }
            core.reporter.report(
                try await core.store.recover(at: core.hostTime, maximumCrashes: core.configuration.maximumCrashes))
            lock.state.withLock { $0.pauses.note() }
        } catch {
            log.log(.warning, "the upkeep of \(lease) failed, and is tried again: \(error)")
        }
    }

    /// Opens a new lease in place of one that a turn found to be lost.
    func replaceLease() async {
        guard let lease else { return }
        do {
            try await openNewLease(after: lease)
        } catch {
            noteFailedClaim(error)
        }
    }

    private func openNewLease(after lease: WorkerID) async throws(QueueError) {
        log.log(.warning, "\(lease) has lost its lease; its jobs are stopped")
        for execution in lock.state.withLock({ $0.jobs.sorted }) { execution.cancel(.leaseLost) }
        let new = try await core.store.openWorker(lease: core.configuration.lease, at: core.hostTime)
        lock.state.withLock { $0.leaseReplaced(by: new) }
    }

    private func noteFailedClaim(_ error: QueueError) {
        let now = ticker.now()
        let delay = lock.state.withLock { $0.claimFailed(at: now) }
        log.log(.warning, "claiming failed, and is tried again in \(delay): \(error)")
    }

    /// Ends jobs that have expired, when it is time; if there are many, some now, and the others with the next
    /// passes.
    func endExpired(at now: Duration) async {
        guard lock.state.withLock({ $0.timers.isExpiryDue(at: now) }) else { return }
        do {
            let sweep = try await core.store.expire(limit: 256, at: core.now)
            expiryDone(isPartial: sweep.isPartial, at: now)
            core.reporter.report(sweep.changes)
        } catch {
            expiryDone(isPartial: false, at: now)
            log.log(.warning, "ending expired jobs failed, and is tried again: \(error)")
        }
    }

    private func expiryDone(isPartial: Bool, at now: Duration) {
        lock.state.withLock {
            $0.timers.expiryDone(isPartial: isPartial, at: now, every: $0.settings.expiry)
        }
    }

    /// Stops the jobs that the store asked to stop, for the reason that it has.
    func stopRequested() async {
        for execution in lock.state.withLock({ $0.jobs.takeStopRequests() })
        where execution.cancellation != .cancelled {
            do {
                let record = try await core.store.job(execution.job.id)
                if let reason = execution.reasonToStop(record) { execution.cancel(reason) }
            } catch {
                // A request to cancel is named again when the lease is renewed.
                log.log(.warning, "\(execution.job.id) can't be stopped yet: \(error)")
            }
        }
    }

    /// Notes when the first of the stored pauses ends by itself, and stops what runs under one that says so.
    func readPauses() async {
        guard lock.state.withLock({ $0.pauses.take() }),
            let pauses = try? await core.store.pauses(at: core.now)
        else { return }
        let stopping = pauses.filter(\.stopsRunning)
        if !stopping.isEmpty {
            let domains = core.registry.domains
            for execution in lock.state.withLock({ $0.jobs.sorted }) {
                let (domain, group) = (domains[execution.executor.domain].name, execution.job.group)
                if stopping.contains(where: { $0.target.covers(domain: domain, group: group) }) {
                    execution.cancel(.paused)
                }
            }
        }
        let end = pauses.compactMap(\.until).min().map { ticker.now() + max($0.since(core.now), .zero) }
        lock.state.withLock { $0.timers.pauseEnd = end }
    }

    /// Takes in the jobs that the store has for this worker's and that never came to it, because the answer to a turn
    /// was lost.
    ///
    /// Nobody else may touch them while the lease holds, so they would never end. Costs a look at all running jobs of
    /// the store.
    func findLostClaims() async {
        let query = lock.state.withLock { state in
            state.doubtfulClaims(channel: channelStatus).map { (lease: state.lease.id, known: $0) }
        }
        guard let query, let lease = query.lease else { return }
        do {
            let lost = executions(of: try await lostClaims(of: lease, besides: query.known), under: lease)
            lock.state.withLock { $0.lostClaimsFound(lost) }
            begin(lost, byMember: false)
        } catch {
            noteFailedClaim(error)
        }
    }

    private func lostClaims(
        of lease: WorkerID, besides known: Set<JobID>
    ) async throws(QueueError) -> [JobRecord] {
        var lost: [JobRecord] = []
        var query = JobQuery(states: [.running], order: .oldestFirst, limit: 1000)
        repeat {
            let page = try await core.store.jobs(query)
            lost += page.jobs.filter { $0.worker == lease && !known.contains($0.id) }
            query.after = page.next
        } while query.after != nil
        return lost
    }

    /// Deletes old jobs, now that many have ended.
    func prune() async {
        let ended = lock.state.withLock { $0.pruning.take() }
        guard let retention = core.configuration.retention else { return }
        do {
            _ = try await core.store.prune(retention, limit: ended * 2, at: core.now)
        } catch {
            log.log(.warning, "deleting ended jobs failed, and is tried again: \(error)")
        }
    }
}
