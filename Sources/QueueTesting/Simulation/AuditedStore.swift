import QueueModel
import QueueStoreKit

/// A store whose answers are checked against its earlier answers.
final class AuditedStore: ForwardingStore {
    let base: any JobStore
    private let process: SimulatedProcess
    private let witness: Witness

    init(_ base: any JobStore, process: SimulatedProcess, witness: Witness) {
        self.base = base
        self.process = process
        self.witness = witness
    }

    // MARK: Submitting

    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        let outcome = try await base.submit(submission, at: now)
        witness.note { $0.note([outcome], of: [submission]) }
        return outcome
    }

    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) async throws(QueueError) -> [SubmitOutcome] {
        let outcomes = try await base.submit(contentsOf: batch, at: now)
        witness.note { $0.note(outcomes, of: batch) }
        return outcomes
    }

    // MARK: Dispatching

    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        let result = try await base.turn(finishing: completions, claiming: request, at: now)
        let executing = process.executing
        let overtaken = witness.note { audit -> [JobID] in
            audit.note(result.outcomes, of: completions)
            audit.note(result.changes)
            guard let request, !result.claimed.isEmpty else { return [] }
            for record in result.claimed { audit.claim(record, by: request.worker) }
            audit.checkLimits(after: result.claimed, request, executing: executing)
            return audit.overtaken(by: result.claimed, request)
        }
        if !completions.isEmpty || !result.claimed.isEmpty {
            witness.log(process.name) { [outcomes = result.outcomes, claimed = result.claimed] in
                let ended = zip(completions, outcomes).map { "\($0.id) \($1)" }
                let begun = claimed.map { "\($0.id) attempt \($0.attempt)" }
                return "turn: ended \(ended), claimed \(begun)"
            }
        }
        if let request {
            for id in overtaken ?? [] { try await checkOrder(id, result.claimed, request, at: now) }
        }
        return result
    }

    /// Reports a violation if nothing explains that a job was not claimed before others.
    private func checkOrder(
        _ id: JobID, _ claimed: [JobRecord], _ request: ClaimRequest, at now: Timestamp
    ) async throws(QueueError) {
        guard let record = try await base.job(id), record.state == .pending, record.crashes < 2,
            record.runAfter.map({ $0 <= now }) ?? true, record.expiresAt.map({ $0 > now }) ?? true
        else { return }
        let index = request.rules.types[record.type]
        let domain = index.map { request.rules.domains[$0].name } ?? ""
        let pauses = try await base.pauses(at: now)
        if pauses.contains(where: { $0.target.covers(domain: domain, group: record.group) }) { return }
        witness.report("I8: \(claimed.map(\.id)) were claimed while \(id), which precedes them, was ready")
    }

    func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        let changes = try await base.recover(at: now, maximumCrashes: maximumCrashes)
        if changes.isEmpty { return changes }
        witness.note { $0.note(changes) }
        witness.log(process.name) { "recovered \(changes.map { "\($0.id) \($0.state)" })" }
        try await verify()
        return changes
    }

    func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        let running = witness.note { audit in audit.sorted.filter { $0.value.holder == worker }.map(\.key) } ?? []
        try await base.closeWorker(worker, at: now)
        // The store does not return what became of these jobs.
        for id in running { try await adopt(id) }
    }

    // MARK: Controlling

    func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        let outcome = try await base.cancel(id, at: now)
        note(outcome, of: id)
        return outcome
    }

    private func note(_ outcome: CancelOutcome, of id: JobID) {
        witness.log(process.name) { "cancel \(id): \(outcome)" }
        switch outcome {
        case .cancelled(let changes):
            witness.note { audit in
                if !changes.contains(where: { $0.id == id }) { audit.end(id, as: .cancelled) }
                audit.note(changes)
            }
        case .requested(worker: _, let changes):
            witness.note { $0.note(changes) }
        case .alreadyEnded, .unknown:
            break
        }
    }

    func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        let outcome = try await base.resubmit(id, at: now)
        witness.note { $0.note(outcome.changes) }
        try await adopt(outcome.id)
        return outcome
    }

    func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        let step = try await base.apply(action, to: query, from: cursor, limit: limit, at: now)
        witness.note { $0.note(step.changes) }
        // The store does not return which jobs were moved or deleted.
        for id in witness.note({ $0.sorted.filter { !$0.value.isDeleted }.map(\.key) }) ?? [] { try await adopt(id) }
        for resubmission in step.resubmissions { try await adopt(resubmission.outcome.id) }
        return step
    }

    func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        let isDeleted = try await base.deleteEnded(id)
        if isDeleted { witness.note { $0.delete(id) } }
        return isDeleted
    }

    // MARK: Upkeep and schedules

    func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        let sweep = try await base.expire(limit: limit, at: now)
        witness.note { $0.note(sweep.changes) }
        return sweep
    }

    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        let count = try await base.prune(policy, limit: limit, at: now)
        if count > 0 {
            let ended = witness.note { $0.sorted.filter { $0.value.end != nil && !$0.value.isDeleted }.map(\.key) }
            for id in ended ?? [] { try await adopt(id) }
        }
        return count
    }

    func fire(_ firings: [ScheduleFiring], at now: Timestamp) async throws(QueueError) -> [FiringOutcome] {
        let outcomes = try await base.fire(firings, at: now)
        for case .fired(let outcome, hasEnded: _) in outcomes {
            witness.note { $0.note(outcome.changes) }
            try await adopt(outcome.id)
        }
        return outcomes
    }

    func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal {
        let removal = try await base.remove(schedule: id, cancellingJob: cancellingJob, at: now)
        if case .cancelled(let changes) = removal.job { witness.note { $0.note(changes) } }
        try await verify(adopting: true)
        return removal
    }

    // MARK: The whole

    private func adopt(_ id: JobID) async throws(QueueError) {
        if let record = try await base.job(id) {
            witness.note { $0.adopt(record) }
        } else {
            witness.note { $0.delete(id) }
        }
    }

    /// Checks the whole store: its own faults, and whether its jobs agree with the audit.
    func verify(adopting: Bool = false) async throws(QueueError) {
        for fault in try await base.check() { witness.report("the store: \(fault)") }
        var query = JobQuery(order: .oldestFirst, limit: 1000)
        var records: [JobRecord] = []
        repeat {
            let page = try await base.jobs(query)
            records += page.jobs
            query.after = page.next
        } while query.after != nil
        witness.note { [records] audit in
            if adopting { for record in records { audit.adopt(record) } }
            audit.compare(with: records)
        }
    }
}
