import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Performs one turn of a worker.
    mutating func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp,
        _ report: inout CommitReport
    ) throws(QueueError) -> TurnResult {
        if let request, !workers.contains(request.worker) {
            throw QueueError(.leaseLost, "\(request.worker) holds no lease")
        }
        var result = TurnResult()
        let running = completions.map(\.id).filter(jobs.isRunning)
        for completion in completions { result.outcomes.append(finish(completion, at: now, &report)) }
        let freed = jobs.groups(of: running.filter { !jobs.isRunning($0) })
        jobs.promoteDue(at: now)
        if let request {
            endPreemption(for: request, at: now, &report)
            claim(request, into: &result, at: now, &report)
        }
        reportFreedSlots(in: freed, under: request?.rules, &report)
        result.changes = report.changes
        if let start = jobs.index.nextStart { result.nextDue = min(result.nextDue ?? start, start) }
        return result
    }

    private mutating func claim(
        _ request: ClaimRequest, into result: inout TurnResult, at now: Timestamp, _ report: inout CommitReport
    ) {
        var admission = Admission(
            request.rules, worker: request.worker, preemptsAt: request.preemptsAt, in: self, at: now)
        // From the front each time: an expiry may make a job ready that comes before those already considered.
        while result.claimed.count < request.limit, let (entry, rank) = jobs.next(&admission) {
            let id = entry.record.id
            if entry.record.hasExpired(at: now) {
                report.changes.append(
                    JobChange(
                        id: id, type: entry.record.type, state: .expired, age: now.since(entry.record.submittedAt)))
                propagate([.end(id, as: .expired, nil, cause: nil)], at: now, &report)
                continue
            }
            admission.start(entry.record, as: rank)
            update(id, at: now) {
                $0.record.state = .running
                $0.record.worker = request.worker
                $0.record.startedAt = now
                $0.record.attempt += 1
                $0.openAttempt(at: now)
            }
            if var record = jobs[id]?.record {
                if rank.priority != record.priority { record.claimedAs = rank.priority }
                statistics.count(record.type, at: now) { $0.claimed(record, at: now) }
                result.claimed.append(record)
            }
        }
        result.preemptors = jobs.preemptors(for: request, admission)
        for block in jobs.blocks(in: admission) {
            switch block.gate {
            case .pressure, .ioRoom: result.isHeldByLoad = true
            case .typeRate, .groupRate: result.nextDue = [result.nextDue, block.until].compactMap { $0 }.min()
            default: break
            }
        }
        buckets = admission.buckets
        workers.setShares(admission.shares, of: request.worker)
    }

    /// Returns the job that a claim would take first; changes nothing.
    ///
    /// Preempted jobs are not considered: whether a claim would resume them depends on the jobs it preempts for.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) -> JobRecord? {
        var later = jobs
        later.promoteDue(at: now)
        var admission = Admission(rules, worker: worker, in: self, at: now)
        var passed: Set<JobID> = []
        while let record = later.next(&admission, ignoring: passed)?.entry.record {
            if !record.hasExpired(at: now) { return record }
            passed.insert(record.id)
        }
        return nil
    }

    /// Makes the preempted jobs pending again, unless a job for which they were preempted runs, or is ready and the
    /// worker's to claim.
    ///
    /// A ready job counts even if it may not start now, unless it is paused: else the others would be preempted again
    /// when it may.
    private mutating func endPreemption(
        for request: ClaimRequest, at now: Timestamp, _ report: inout CommitReport
    ) {
        let admission = Admission(request.rules, worker: request.worker, in: self, at: now)
        // Nothing is claimed while the queue is paused.
        if admission.isQueuePaused { return }
        if let priority = request.preemptsAt {
            if jobs.runningRecords.contains(where: { $0.priority <= priority }) { return }
            for id in jobs.index.ready.candidates() {
                guard let record = jobs[id]?.record, record.priority <= priority else { continue }
                if admission.claims(record.type), !admission.isPaused(record) { return }
            }
        }
        for id in jobs.index.preempted.keys {
            update(id, at: now) { $0.endPreemption(at: now) }
            if let record = jobs[id]?.record { report.noteWork(record.priority) }
        }
    }

    /// Reports work if a slot of a shared limit was freed for which another worker may wait.
    ///
    /// - Parameters:
    ///   - groups: Groups of which a job has stopped running.
    ///   - rules: The rules of the worker whose turn it is, which has claimed already. Without them any group
    ///     may have a limit.
    ///   - present: The number of workers that need no report: the one whose turn it is.
    func reportFreedSlots(
        in groups: Set<String>, under rules: AdmissionRules?, present: Int = 1, _ report: inout CommitReport
    ) {
        guard workers.leases.count > present else { return }
        let free = groups.filter { group in rules.map { jobs.hasFreeSlot(in: group, under: $0) } ?? true }
        for priority in jobs.readyPriorities(in: free) { report.noteWork(priority) }
    }
}
