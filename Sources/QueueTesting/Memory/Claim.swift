import QueueModel

extension MemoryState {
    /// One turn of a worker (rules D1–D3, D8, L3, L4).
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
        if let request { result.claimed = claim(request, at: now, &effects) }
        tellOfFreedSlots(in: freed, under: request?.rules, &effects)
        result.changes = effects.changes
        result.nextDue = scheduled.keys.first?.at
        return result
    }

    private mutating func claim(
        _ request: ClaimRequest, at now: Timestamp, _ effects: inout Effects
    ) -> [JobRecord] {
        var admission = Admission(request.rules, worker: request.worker, in: self, at: now)
        var claimed: [JobRecord] = []
        while claimed.count < request.limit {
            // From the front each time: what expires may make ready what stands further ahead.
            guard let next = firstReady(admission) else { break }
            let id = next.record.id
            if let expiry = next.record.expiresAt, expiry <= now {
                effects.changes.append(JobChange(id: id, type: next.record.type, state: .expired))
                settle([.end(id, as: .expired, nil, cause: nil)], at: now, &effects)
                continue
            }
            admission.count(next)
            update(id, at: now) {
                $0.record.state = .running
                $0.record.worker = request.worker
                $0.record.startedAt = now
                $0.record.attempt += 1
                $0.openAttempt(at: now)
            }
            if let record = entries[id]?.record { claimed.append(record) }
        }
        return claimed
    }

    private func firstReady(_ admission: Admission) -> Entry? {
        for place in ready.keys {
            if let entry = entries[place.id], admission.admits(entry) { return entry }
        }
        return nil
    }

    /// The job that a claim would take first; nothing is changed.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) -> JobRecord? {
        var later = self
        later.promoteDue(at: now)
        let admission = Admission(rules, worker: worker, in: self, at: now)
        for place in later.ready.keys {
            guard let entry = entries[place.id], admission.admits(entry) else { continue }
            if let expiry = entry.record.expiresAt, expiry <= now { continue }
            return entry.record
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

/// What a claim lets through: the rules, the holds and the numbers of running jobs, as one pure question.
struct Admission: Sendable {
    private let rules: AdmissionRules
    private let worker: WorkerID?
    private let heldDomains: Set<String>
    private let heldGroups: Set<String>
    private let isHeld: Bool
    private var ofDomain: [Int: Int] = [:]
    private var ofGroup: [String: Int] = [:]
    private var ofGroupHere: [String: Int] = [:]
    private var suspectRuns = false

    /// Takes stock of what runs and what is held at an instant.
    init(_ rules: AdmissionRules, worker: WorkerID?, in state: MemoryState, at now: Timestamp) {
        self.rules = rules
        self.worker = worker
        var domains: Set<String> = []
        var groups: Set<String> = []
        var all = false
        for pause in state.pauses where pause.holds(at: now) {
            switch pause.target {
            case .queue: all = true
            case .domain(let name): domains.insert(name)
            case .group(let name): groups.insert(name)
            }
        }
        heldDomains = domains
        heldGroups = groups
        isHeld = all
        for id in state.running.keys {
            if let entry = state.entries[id] { count(entry) }
        }
    }

    /// Counts a job that runs.
    mutating func count(_ entry: MemoryState.Entry) {
        let record = entry.record
        let isHere = worker != nil && (record.state != .running || record.worker == worker)
        if isHere, let domain = rules.types[record.type] { ofDomain[domain, default: 0] += 1 }
        if let group = record.group {
            ofGroup[group, default: 0] += 1
            if isHere { ofGroupHere[group, default: 0] += 1 }
        }
        if entry.isSuspect { suspectRuns = true }
    }

    /// Whether the job may be claimed now, its expiry left aside.
    func admits(_ entry: MemoryState.Entry) -> Bool {
        let record = entry.record
        if isHeld || record.priority > rules.leastPriority { return false }
        if entry.isSuspect && suspectRuns { return false }
        guard let domain = rules.types[record.type], rules.domains.indices.contains(domain) else { return false }
        if heldDomains.contains(rules.domains[domain].name) { return false }
        if let limit = rules.domains[domain].limit, ofDomain[domain, default: 0] >= limit { return false }
        guard let group = record.group else { return true }
        if heldGroups.contains(group) { return false }
        let rule = rules.groups[group] ?? rules.otherGroups
        guard let limit = rule.limit else { return true }
        return (rule.scope == .shared ? ofGroup : ofGroupHere)[group, default: 0] < limit
    }
}
