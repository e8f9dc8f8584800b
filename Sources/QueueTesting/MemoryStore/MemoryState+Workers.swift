import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Renews a lease and returns the worker's jobs that were asked to stop.
    mutating func renewLease(of worker: WorkerID, at now: HostTime) -> LeaseRenewal {
        guard workers.renew(worker, at: now) else { return LeaseRenewal(isHeld: false) }
        let asked = jobs.running(on: worker).filter { jobs[$0]?.record.cancelRequestedAt != nil }
        return LeaseRenewal(isHeld: true, cancelRequested: asked)
    }

    /// Ends a lease and makes the worker's jobs pending again.
    mutating func closeWorker(_ worker: WorkerID, at now: Timestamp, _ report: inout CommitReport) {
        let freed = jobs.groups(of: jobs.running(on: worker))
        for id in jobs.running(on: worker) {
            takeBack(id, JobFailure(.interrupted, "the worker closed"), at: now, &report)
        }
        reportFreedSlots(in: freed, under: nil, &report)
        workers.close(worker)
    }

    /// Takes the jobs of dead workers back.
    mutating func recover(at now: HostTime, maximumCrashes: Int, _ report: inout CommitReport) {
        let dead = workers.dead(at: now)
        let freed = jobs.groups(of: dead.flatMap { jobs.running(on: $0.key) })
        defer { reportFreedSlots(in: freed, under: nil, present: 0, &report) }
        for (worker, lease) in dead {
            workers.close(worker)
            for id in jobs.running(on: worker) {
                report.stops.append(id)
                if lease.death == .hostWentDown {
                    takeBack(id, JobFailure(.crashed, "the host went down"), at: now.date, &report)
                } else {
                    countCrash(id, of: worker, maximumCrashes: maximumCrashes, at: now.date, &report)
                }
            }
        }
    }

    /// Counts a crash against a job that ran in it.
    ///
    /// A suspect runs alone among suspects, so it is the only suspect in each further crash.
    private mutating func countCrash(
        _ id: JobID, of worker: WorkerID, maximumCrashes: Int, at now: Timestamp, _ report: inout CommitReport
    ) {
        let failure = JobFailure(.crashed, "\(worker) died while it ran")
        update(id, at: now) {
            if $0.record.isSuspect { $0.soloCrashes += 1 }
            $0.record.crashes += 1
        }
        guard let entry = jobs[id] else { return }
        if entry.soloCrashes >= max(maximumCrashes, 1), entry.record.cancelRequestedAt == nil {
            jobs[id]?.closeAttempt(endedAt: now, failure)
            report.changes.append(JobChange(id: id, type: entry.record.type, state: .deadLettered))
            propagate([.end(id, as: .deadLettered, failure, cause: nil)], at: now, &report)
        } else {
            takeBack(id, failure, at: now, &report)
        }
    }

    /// Makes a running job pending again, unless it was asked to stop or a child has failed it.
    private mutating func takeBack(
        _ id: JobID, _ failure: JobFailure, at now: Timestamp, _ report: inout CommitReport
    ) {
        guard let entry = jobs[id] else { return }
        jobs[id]?.closeAttempt(endedAt: now, failure)
        let decision = FinishDecision.interrupting(with: failure, for: entry.finishFacts)
        report.changes.append(JobChange(id: id, type: entry.record.type, state: decision.state ?? .pending))
        if case .end(let state, output: _, let failure) = decision {
            propagate([.end(id, as: state, failure, cause: nil)], at: now, &report)
            return
        }
        update(id, at: now) {
            $0.record.state = .pending
            if failure.kind == .crashed { $0.record.failure = failure }
        }
        report.noteWork(entry.record.priority)
    }
}
