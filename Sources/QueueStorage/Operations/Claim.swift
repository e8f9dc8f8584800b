import QueueModel

extension StoreState {
    /// How many jobs that have become due one turn makes ready; the next goes on.
    private static let dueLimit: Int64 = 4096

    /// One turn of a worker (rules D1–D3, D8, L3, L4).
    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) throws(QueueError) -> TurnResult {
        if let request, try !isOpen(worker: request.worker.rawValue) {
            throw QueueError(.leaseLost, "\(request.worker) holds no lease")
        }
        var result = TurnResult()
        result.outcomes = try finish(completions, at: now)
        try promoteDue(at: now)
        if let request { try claim(request, into: &result.claimed, at: now) }
        try writeUnblocked()
        result.changes = effects.changes
        result.nextDue = try nextDue()
        return result
    }

    /// Makes ready what has become due.
    private func promoteDue(at now: Timestamp) throws(QueueError) {
        guard let due = try nextDue(), due <= now else { return }
        let row = try session.statement(.due)
        row.bind(now.milliseconds, at: 1)
        row.bind(Self.dueLimit, at: 2)
        var jobs: [(id: Int64, lane: LaneKey, priority: Int64, isSuspect: Bool)] = []
        while try row.step() {
            jobs.append(
                (
                    row.int64(0), LaneKey(type: row.int64(1), group: row.int64(2)), row.int64(3),
                    JobFlags(rawValue: row.int64(4)).contains(.isSuspect)
                ))
        }
        for job in jobs {
            try know(job.lane)
            let state: StoredState = job.isSuspect ? .suspect : .ready
            try session.run(.setState, job.id, state.rawValue)
            if job.isSuspect {
                board.insertSuspect(job.id, priority: job.priority, lane: job.lane)
            } else {
                board.insertReady(job.id, priority: job.priority, lane: job.lane)
            }
        }
        board.isNextDueKnown = false
    }

    private func nextDue() throws(QueueError) -> Timestamp? {
        if !board.isNextDueKnown {
            board.nextDue = try session.integer(.nextDue)
            board.isNextDueKnown = true
        }
        return board.nextDue.map { Timestamp(milliseconds: $0) }
    }

    // MARK: Claiming

    private func claim(
        _ request: ClaimRequest, into claimed: inout [JobRecord], at now: Timestamp
    ) throws(QueueError) {
        guard request.limit > 0, let view = view(of: request.worker, request.rules, at: now) else { return }
        claimed.reserveCapacity(min(request.limit, 1024))
        // From the front each time: what expires may make ready what stands further ahead.
        while claimed.count < request.limit,
            let run = try takeRun(upTo: request.limit - claimed.count, of: request.worker, in: view, at: now)
        {
            try start(run, under: request.worker, into: &claimed, at: now)
        }
    }

    /// Jobs with consecutive ids that are claimed together: most are, where lanes are few.
    ///
    /// One statement reads a run and one starts it, for about half of what they cost one by one.
    private struct Run {
        var first: Int64
        var lanes: [LaneKey]
        var priorities: [Int64]
        var isSuspect: Bool

        var last: Int64 { first + Int64(lanes.count) - 1 }
    }

    /// Takes the next to claim, and those that follow it in both the order of claims and their ids, off the board.
    private func takeRun(
        upTo limit: Int, of worker: WorkerID, in view: Int, at now: Timestamp
    ) throws(QueueError) -> Run? {
        var run: Run?
        while run.map({ $0.lanes.count < limit && !$0.isSuspect }) ?? true,
            // What a run has taken is still ready in the table until it is started.
            let next = try next(in: view, mayRefill: run == nil)
        {
            let id = next.place.id
            if let run, next.isSuspect || id != run.last + 1 { break }
            if next.isSuspect {
                board.removeSuspect(id)
            } else {
                board.removeReady(id, priority: next.place.priority, lane: next.lane)
            }
            // It counts against the limits of those that follow.
            board.insertRunning(
                id,
                RunningJobs.Job(
                    lane: next.lane, worker: worker.rawValue, startedAt: now.milliseconds, isSuspect: next.isSuspect))
            if run == nil { run = Run(first: id, lanes: [], priorities: [], isSuspect: next.isSuspect) }
            run?.lanes.append(next.lane)
            run?.priorities.append(next.place.priority)
        }
        return run
    }

    /// Starts the jobs of a run up to the first that has expired; that one ends, and the rest goes back.
    private func start(
        _ run: Run, under worker: WorkerID, into claimed: inout [JobRecord], at now: Timestamp
    ) throws(QueueError) {
        let rows = try session.statement(.records)
        rows.bind(run.first, at: 1)
        rows.bind(run.last, at: 2)
        defer { rows.reset() }
        let before = claimed.count
        var expired: JobRecord?
        while expired == nil, try rows.step() {
            var record = try session.readRecord(rows)
            if let expiry = record.expiresAt, expiry <= now {
                expired = record
                break
            }
            record.state = .running
            record.attempt += 1
            record.worker = worker
            record.startedAt = now
            claimed.append(record)
        }
        rows.reset()
        let count = claimed.count - before
        guard expired != nil || count == run.lanes.count else {
            throw QueueError(
                .corrupt, "a ready job is not in its table", jobs: [JobID(run.first + Int64(count))])
        }
        for place in count..<run.lanes.count {
            let id = run.first + Int64(place)
            board.removeRunning(id)
            if run.isSuspect {
                board.insertSuspect(id, priority: run.priorities[place], lane: run.lanes[place])
            } else {
                board.insertReady(id, priority: run.priorities[place], lane: run.lanes[place])
            }
        }
        if count > 0 {
            if !unwritten.isEmpty { unwritten.subtract(run.first..<run.first + Int64(count)) }
            try session.run(
                .start, run.first, run.first + Int64(count) - 1, worker.rawValue, now.milliseconds)
        }
        if let expired {
            effects.changes.append(JobChange(id: expired.id, type: expired.type, state: .expired))
            try settle([.end(expired.id.rawValue, as: .expired, nil, cause: nil)], at: now)
        }
    }

    /// The next to claim: the first of the lanes, or the first suspect if that comes before.
    ///
    /// With `mayRefill` false it is `nil` as well if the answer would need a look at the table.
    private func next(
        in view: Int, mayRefill: Bool = true
    ) throws(QueueError) -> (place: Place, lane: LaneKey, isSuspect: Bool)? {
        let suspect = board.firstSuspect(in: view)
        var isUnknown = false
        let first = try board.first(in: view) { (key) throws(QueueError) in
            if mayRefill { return try self.front(of: key) }
            isUnknown = true
            return nil
        }
        if isUnknown { return nil }
        if let suspect, first.map({ suspect.place < $0.place }) ?? true {
            return (suspect.place, suspect.lane, true)
        }
        return first.map { ($0.place, board.lanes[$0.lane].key, false) }
    }

    private func front(of key: LaneKey) throws(QueueError) -> [Place] {
        try writeUnblocked()
        let row = try session.statement(.laneFront)
        row.bind(key.type, at: 1)
        row.bind(key.group, at: 2)
        var places: [Place] = []
        while try row.step() { places.append(Place(priority: row.int64(0), id: row.int64(1))) }
        return places
    }

    /// The board as the worker sees it; `nil` while the whole queue is held.
    private func view(of worker: WorkerID, _ rules: AdmissionRules, at now: Timestamp) -> Int? {
        let (version, pauses) = holds.inForce(at: now)
        if pauses.contains(where: { $0.target == .queue }) { return nil }
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version)
        if let view = board.view(of: worker.rawValue, matching: stamp) { return view }
        return makeView(of: worker, rules, at: now).map { board.add($0) }
    }

    private func makeView(of worker: WorkerID, _ rules: AdmissionRules, at now: Timestamp) -> ClaimView? {
        let (version, pauses) = holds.inForce(at: now)
        if pauses.contains(where: { $0.target == .queue }) { return nil }
        var heldDomains: Set<String> = []
        var heldGroups: Set<String> = []
        for pause in pauses {
            switch pause.target {
            case .queue: break
            case .domain(let name): heldDomains.insert(name)
            case .group(let name): heldGroups.insert(name)
            }
        }
        // Every lane's names are known: see `know(_:)`.
        let names = session.names
        let gates = ClaimView.Gates(
            domain: { [types = rules.types, domains = rules.domains] id in
                guard let type = names.type(id), let domain = types[type], domains.indices.contains(domain),
                    !heldDomains.contains(domains[domain].name)
                else { return nil }
                return domain
            },
            group: { [groups = rules.groups, others = rules.otherGroups] id in
                guard let name = names.group(id), !heldGroups.contains(name) else { return GroupRule(limit: 0) }
                return groups[name] ?? others
            },
            domainLimits: rules.domains.map(\.limit), leastPriority: Int64(rules.leastPriority.rawValue))
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version)
        return ClaimView(of: worker.rawValue, stamp: stamp, gates: gates)
    }

    /// The job that a claim would take first.
    ///
    /// Where the answer needs a change (jobs have become due, the first has expired), the change is undone afterwards.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) throws(QueueError) -> JobRecord? {
        if let due = try nextDue(), due <= now {
            discardsChanges = true
            try promoteDue(at: now)
        }
        // Nobody has the number 0. The view is a new one: the rules may be anyone's.
        guard let view = makeView(of: worker ?? WorkerID(rawValue: 0), rules, at: now) else { return nil }
        let index = board.addTemporary(view)
        defer { board.removeTemporary() }
        while let next = try next(in: index) {
            let id = next.place.id
            guard let record = try session.record(id) else { return nil }
            guard let expiry = record.expiresAt, expiry <= now else { return record }
            discardsChanges = true
            if let head = try head(id) { leave(head) }
        }
        return nil
    }
}
