import QueueModel

extension StoreState {
    /// How many jobs that have become due one turn makes ready; the next goes on.
    private static let dueLimit: Int64 = 4096

    /// One turn of a worker (rules D1–D10, L3, L4).
    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) throws(QueueError) -> TurnResult {
        if let request, try !isOpen(worker: request.worker.rawValue) {
            throw QueueError(.leaseLost, "\(request.worker) holds no lease")
        }
        // What ends now has held its slot up to now.
        board.advanceShares(to: now)
        var result = TurnResult()
        result.outcomes = try finish(completions, at: now)
        try promoteDue(at: now)
        if let request { try claim(request, into: &result, at: now) }
        try writeUnblocked()
        try tellOfFreedSlots(under: request?.rules)
        result.changes = changes
        if let due = try nextDue() { result.nextDue = min(result.nextDue ?? due, due) }
        return result
    }

    /// Makes ready what has become due.
    func promoteDue(at now: Timestamp) throws(QueueError) {
        guard let due = try nextDue(), due <= now else { return }
        let row = try session.statement(.due)
        row.bind(now.milliseconds, at: 1)
        row.bind(Self.dueLimit, at: 2)
        var jobs: [(id: Int64, lane: LaneKey, isSuspect: Bool)] = []
        defer { row.reset() }
        while try row.step() {
            let lane = try Session.lane(row, from: 1, of: row.int64(0))
            jobs.append((row.int64(0), lane, JobFlags(rawValue: row.int64(5)).contains(.isSuspect)))
        }
        for job in jobs {
            try know(job.lane)
            let state: StoredState = job.isSuspect ? .suspect : .ready
            if !onlyLooks { try session.run(.setState, job.id, state.rawValue) }
            board.insert(job.id, lane: job.lane, isSuspect: job.isSuspect)
        }
        board.isNextDueKnown = false
    }

    func nextDue() throws(QueueError) -> Timestamp? {
        if !board.isNextDueKnown {
            board.nextDue = try session.integer(.nextDue)
            board.isNextDueKnown = true
        }
        return board.nextDue.map { Timestamp(milliseconds: $0) }
    }

    // MARK: Claiming

    private func claim(_ request: ClaimRequest, into result: inout TurnResult, at now: Timestamp) throws(QueueError) {
        guard let view = view(of: request.worker, request.rules, at: now) else { return }
        if !board.preempted.isEmpty { try endPreemption(at: request.preemptsAt, in: view, at: now) }
        board.begin(ClaimView.Moment(now: now, ioBudget: request.rules.ioBudget), in: view)
        result.claimed.reserveCapacity(min(request.limit, 1024))
        // From the front each time: what expires may make ready what stands further ahead.
        while result.claimed.count < request.limit,
            let run = try takeRun(upTo: request.limit - result.claimed.count, for: request, in: view, at: now)
        {
            try start(run, under: request.worker, in: view, into: &result.claimed, at: now)
        }
        if let priority = request.preemptsAt {
            result.preemptors = try preemptors(upTo: priority, of: request.worker, in: view, at: now)
        }
        result.isHeldByLoad = try board.isHeldByLoad(in: view, &buckets, table)
        result.nextDue = board[view: view].nextToken
    }

    var table: LaneTable { LaneTable(state: self, mayRefill: true) }

    /// Jobs with consecutive ids that are claimed together: most are, where lanes are few.
    ///
    /// One statement reads a run and one starts it, for about half of what they cost one by one.
    private struct Run {
        var first: Int64
        var lanes: [LaneKey]
        var isSuspect: Bool

        var last: Int64 { first + Int64(lanes.count) - 1 }
    }

    /// Takes the next to claim, and those that follow it in both the order of claims and their ids, off the board.
    private func takeRun(
        upTo limit: Int, for request: ClaimRequest, in view: Int, at now: Timestamp
    ) throws(QueueError) -> Run? {
        if let next = try preemptor(for: request, in: view) {
            take(next, for: request.worker, in: view, at: now)
            return Run(first: next.id, lanes: [next.lane], isSuspect: next.isSuspect)
        }
        var run: Run?
        while run.map({ $0.lanes.count < limit && !$0.isSuspect }) ?? true {
            // What a run has taken is still ready in the table until it is started.
            let table = LaneTable(state: self, mayRefill: run == nil)
            guard let next = try board.next(in: view, &buckets, table) else { break }
            if let run, next.isSuspect || next.id != run.last + 1 { break }
            take(next, for: request.worker, in: view, at: now)
            if run == nil { run = Run(first: next.id, lanes: [], isSuspect: next.isSuspect) }
            run?.lanes.append(next.lane)
        }
        return run
    }

    /// Takes a job off the board: it counts against the limits and rates of those that follow.
    func take(_ next: LaneBoard.Next, for worker: WorkerID, in view: Int, at now: Timestamp) {
        if next.isSuspect { board.removeSuspect(next.id) } else { board.removeReady(next.id, lane: next.lane) }
        board[view: view].takeTokens(next.lane, &buckets)
        board[view: view].startsInTurn = next.isInTurn
        board.insertRunning(
            next.id,
            RunningJobs.Job(
                lane: next.lane, worker: worker.rawValue, startedAt: now.milliseconds, isSuspect: next.isSuspect))
    }

    /// Puts a job back that was taken and not started.
    func putBack(_ id: Int64, _ lane: LaneKey, isSuspect: Bool, in view: Int) {
        release(id, lane, in: view)
        board.insert(id, lane: lane, isSuspect: isSuspect)
    }

    /// Lets go of the slot and the tokens of a job that was taken and not started.
    func release(_ id: Int64, _ lane: LaneKey, in view: Int) {
        board.removeUnstarted(id)
        board.giveBackTokens(lane, in: view, &buckets)
    }

    /// Starts the jobs of a run up to the first that has expired; that one ends, and the rest goes back.
    private func start(
        _ run: Run, under worker: WorkerID, in view: Int, into claimed: inout [JobRecord], at now: Timestamp
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
            record.claimedAs = try agedPriority(of: record, run.lanes[claimed.count - before], in: view)
            try count(run.lanes[claimed.count - before].type, at: now) { $0.claimed(record, at: now) }
            claimed.append(record)
        }
        rows.reset()
        let count = claimed.count - before
        guard expired != nil || count == run.lanes.count else {
            throw QueueError(
                .corrupt, "a ready job is not in its table", jobs: [JobID(run.first + Int64(count))])
        }
        for place in count..<run.lanes.count {
            putBack(run.first + Int64(place), run.lanes[place], isSuspect: run.isSuspect, in: view)
        }
        if count > 0 {
            if !unwritten.isEmpty { unwritten.subtract(run.first..<run.first + Int64(count)) }
            try session.run(
                .start, run.first, run.first + Int64(count) - 1, worker.rawValue, now.milliseconds)
        }
        if let expired {
            changes.append(
                JobChange(
                    id: expired.id, type: expired.type, state: .expired, age: now.since(expired.submittedAt)))
            try settle([.end(expired.id.rawValue, as: .expired, nil, cause: nil)], at: now)
        }
    }

    /// The priority that waiting has brought a job to; `nil`: its own.
    private func agedPriority(of record: JobRecord, _ lane: LaneKey, in view: Int) throws(QueueError) -> Priority? {
        guard board[view: view].hasAging else { return nil }
        let start = try table.waitsSince(record.id.rawValue)
        let aged = Priority(rawValue: UInt8(clamping: board[view: view].effectivePriority(lane, since: start)))
        return aged == record.priority ? nil : aged
    }

    // MARK: Views

    /// The board as the worker sees it; `nil` while the whole queue is held.
    private func view(of worker: WorkerID, _ rules: AdmissionRules, at now: Timestamp) -> Int? {
        let (version, inForce) = pauses.inForce(at: now)
        if inForce.contains(where: { $0.target == .queue }) { return nil }
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version)
        if let view = board.view(of: worker.rawValue, matching: stamp) { return view }
        return board.add(makeView(of: worker.rawValue, rules, at: now))
    }

    private func makeView(of worker: Int64, _ rules: AdmissionRules, at now: Timestamp) -> ClaimView {
        let (version, inForce) = pauses.inForce(at: now)
        let terms = ClaimTerms(rules, pauses: inForce, log: pauses.log, names: session.names)
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version)
        return ClaimView(of: worker, stamp: stamp, terms: terms, shares: shares(of: worker))
    }

    /// Runs `body` with a view that is not told of what changes afterwards: the rules may be anyone's.
    ///
    /// Nobody has the number 0.
    func withView<Answer>(
        of worker: WorkerID?, _ rules: AdmissionRules, at now: Timestamp,
        _ body: (Int) throws(QueueError) -> Answer
    ) throws(QueueError) -> Answer {
        let number = worker?.rawValue ?? 0
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: pauses.inForce(at: now).version)
        let index =
            board.addGlance(of: number, rules, matching: stamp)
            ?? board.addTemporary(makeView(of: number, rules, at: now))
        defer { board.removeTemporary() }
        board.begin(ClaimView.Moment(now: now, ioBudget: rules.ioBudget), in: index)
        return try body(index)
    }
}
