import QueueModel
import QueueStoreKit

extension MemoryState {
    /// One turn of a worker (rules D1–D10, L3, L4).
    mutating func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp,
        _ effects: inout Effects
    ) throws(QueueError) -> TurnResult {
        if let request, workers[request.worker] == nil {
            throw QueueError(.leaseLost, "\(request.worker) holds no lease")
        }
        var result = TurnResult()
        let running = completions.map(\.id).filter(isRunning)
        for completion in completions { result.outcomes.append(finish(completion, at: now, &effects)) }
        let freed = groups(of: running.filter { !isRunning($0) })
        promoteDue(at: now)
        if let request {
            endPreemption(for: request, at: now, &effects)
            claim(request, into: &result, at: now, &effects)
        }
        tellOfFreedSlots(in: freed, under: request?.rules, &effects)
        result.changes = effects.changes
        if let start = scheduled.keys.first?.at { result.nextDue = min(result.nextDue ?? start, start) }
        return result
    }

    private mutating func claim(
        _ request: ClaimRequest, into result: inout TurnResult, at now: Timestamp, _ effects: inout Effects
    ) {
        var admission = Admission(
            request.rules, worker: request.worker, preemptsAt: request.preemptsAt, in: self, at: now)
        // From the front each time: what expires may make ready what stands further ahead.
        while result.claimed.count < request.limit, let (entry, standing) = next(&admission) {
            let id = entry.record.id
            if entry.record.hasExpired(at: now) {
                effects.changes.append(
                    JobChange(
                        id: id, type: entry.record.type, state: .expired, age: now.since(entry.record.submittedAt)))
                settle([.end(id, as: .expired, nil, cause: nil)], at: now, &effects)
                continue
            }
            admission.start(entry.record, as: standing)
            update(id, at: now) {
                $0.record.state = .running
                $0.record.worker = request.worker
                $0.record.startedAt = now
                $0.record.attempt += 1
                $0.openAttempt(at: now)
            }
            if var record = entries[id]?.record {
                if standing.priority != record.priority { record.claimedAs = standing.priority }
                count(record.type, at: now) { $0.claimed(record, at: now) }
                result.claimed.append(record)
            }
        }
        result.preemptors = preemptors(for: request, admission)
        for block in blocks(in: admission) {
            switch block.gate {
            case .pressure, .ioRoom: result.isHeldByLoad = true
            case .typeRate, .groupRate: result.nextDue = [result.nextDue, block.until].compactMap { $0 }.min()
            default: break
            }
        }
        buckets = admission.buckets
        shares[request.worker] = admission.shares
    }

    /// The next job that a claim takes, and where it stands; its expiry is not looked at.
    ///
    /// - Parameter passed: Jobs that are looked past, as if they were gone.
    /// - Parameter least: The least urgent priority that is looked at.
    func next(
        _ admission: inout Admission, leavingOut passed: Set<JobID> = [], upTo least: Priority = .idle
    ) -> (entry: Entry, standing: Admission.Standing)? {
        var best: (entry: Entry, standing: Admission.Standing)?
        for id in ready.candidates(leavingOut: passed) {
            guard let entry = entries[id], entry.record.priority <= least, admission.claims(entry.record.type) else {
                continue
            }
            admission.meet(entry.record)
            guard admission.block(of: entry.record) == nil else { continue }
            let standing = admission.standing(of: entry)
            if best.map({ standing < $0.standing }) ?? true { best = (entry, standing) }
        }
        return best
    }

    /// What each lane that is held back meets first.
    private func blocks(in admission: Admission) -> [GateBlock] {
        ready.candidates().compactMap { id in
            guard let record = entries[id]?.record, admission.claims(record.type) else { return nil }
            return admission.block(of: record)
        }
    }

    /// The job that a claim would take first; nothing is changed.
    ///
    /// Jobs that are set aside stay so: whether a claim would put them back depends on what it preempts.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) -> JobRecord? {
        var later = self
        later.promoteDue(at: now)
        var admission = Admission(rules, worker: worker, in: self, at: now)
        var passed: Set<JobID> = []
        while let record = later.next(&admission, leavingOut: passed)?.entry.record {
            if !record.hasExpired(at: now) { return record }
            passed.insert(record.id)
        }
        return nil
    }
}

extension MemoryState.Entry {
    /// Notes that the present attempt has begun.
    mutating func openAttempt(at now: Timestamp) {
        attempts.append(
            AttemptRecord(number: record.attempt, worker: record.worker, startedAt: now, endedAt: nil, failure: nil))
    }
}

extension JobRecord {
    /// Whether it has outlived its time.
    func hasExpired(at now: Timestamp) -> Bool {
        expiresAt.map { $0 <= now } ?? false
    }
}
