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
        var result = TurnResult()
        board.advanceShares(to: now)
        result.outcomes = try finish(completions, at: now)
        try promoteDue(at: now)
        if let request { try claim(request, into: &result, at: now) }
        try tellOfFreedSlots(under: request?.rules)
        result.changes = effects.changes
        if let due = try nextDue() { result.nextDue = min(result.nextDue ?? due, due) }
        return result
    }

    /// Makes ready what has become due.
    private func promoteDue(at now: Timestamp) throws(QueueError) {
        guard let due = try nextDue(), due <= now else { return }
        let row = try session.statement(.due)
        row.bind(now.milliseconds, at: 1)
        row.bind(Self.dueLimit, at: 2)
        var jobs: [(id: Int64, lane: LaneKey, isSuspect: Bool)] = []
        while try row.step() {
            let lane = LaneKey(type: row.int64(1), group: row.int64(2), priority: row.int64(3), io: row.int64(4))
            jobs.append((row.int64(0), lane, JobFlags(rawValue: row.int64(5)).contains(.isSuspect)))
        }
        for job in jobs {
            try know(job.lane)
            let state: StoredState = job.isSuspect ? .suspect : .ready
            try session.run(.setState, job.id, state.rawValue)
            if job.isSuspect {
                board.insertSuspect(job.id, lane: job.lane)
            } else {
                board.insertReady(job.id, lane: job.lane)
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

    private func claim(_ request: ClaimRequest, into result: inout TurnResult, at now: Timestamp) throws(QueueError) {
        if !board.preempted.isEmpty { try endPreemption(at: request.preemptsAt, at: now) }
        let view = self.view(of: request.worker, request.rules, preemptsAt: request.preemptsAt, at: now)
        guard let view else { return }
        board.begin(ClaimView.Moment(now: now, ioBudget: request.rules.ioBudget), in: view)
        result.claimed.reserveCapacity(min(request.limit, 1024))
        // From the front each time: what expires may make ready what stands further ahead.
        while result.claimed.count < request.limit,
            let run = try takeRun(upTo: request.limit - result.claimed.count, of: request.worker, in: view, at: now)
        {
            try start(run, under: request.worker, in: view, into: &result.claimed, at: now)
        }
        if let priority = request.preemptsAt {
            result.preemptors = try preemptors(upTo: priority, of: request.worker, in: view, at: now)
        }
        result.isHeldByLoad = try board.isHeldByLoad(in: view, table)
        result.nextDue = board[view: view].nextToken
    }

    private var table: LaneTable { LaneTable(session: session, mayRefill: true) }

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
        upTo limit: Int, of worker: WorkerID, in view: Int, at now: Timestamp
    ) throws(QueueError) -> Run? {
        var run: Run?
        while run.map({ $0.lanes.count < limit && !$0.isSuspect }) ?? true {
            // What a run has taken is still ready in the table until it is started.
            let table = LaneTable(session: session, mayRefill: run == nil)
            guard let next = try board.next(in: view, &buckets, table) else { break }
            if let run, next.isSuspect || next.id != run.last + 1 { break }
            take(next, for: worker, in: view, at: now)
            if run == nil { run = Run(first: next.id, lanes: [], isSuspect: next.isSuspect) }
            run?.lanes.append(next.lane)
        }
        return run
    }

    /// Takes a job off the board: it counts against the limits and rates of those that follow.
    private func take(_ next: LaneBoard.Next, for worker: WorkerID, in view: Int, at now: Timestamp) {
        if next.isSuspect { board.removeSuspect(next.id) } else { board.removeReady(next.id, lane: next.lane) }
        board[view: view].takeTokens(next.lane, &buckets)
        board.insertRunning(
            next.id,
            RunningJobs.Job(
                lane: next.lane, worker: worker.rawValue, startedAt: now.milliseconds, isSuspect: next.isSuspect))
    }

    /// Puts a job back that was taken and not started.
    private func putBack(_ id: Int64, _ lane: LaneKey, isSuspect: Bool, in view: Int) {
        board.removeUnstarted(id)
        board[view: view].giveBackTokens(lane, &buckets)
        if isSuspect { board.insertSuspect(id, lane: lane) } else { board.insertReady(id, lane: lane) }
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
            try session.run(
                .start, run.first, run.first + Int64(count) - 1, worker.rawValue, now.milliseconds)
        }
        if let expired {
            effects.changes.append(JobChange(id: expired.id, type: expired.type, state: .expired))
            try settle([.end(expired.id.rawValue, as: .expired, nil, cause: nil)], at: now)
        }
    }

    // MARK: Preemption (rule D7)

    /// How many jobs up to a priority only lack a slot: at most as many as there are less urgent ones to set aside for them.
    private func preemptors(
        upTo priority: Priority, of worker: WorkerID, in view: Int, at now: Timestamp
    ) throws(QueueError) -> Int {
        let priority = Int64(priority.rawValue)
        guard try board.hasReady(upTo: priority, table) else { return 0 }
        let victims = board.running.count(of: worker.rawValue, below: priority)
        var found: [LaneBoard.Next] = []
        while found.count < victims {
            // What was found is still ready in the table.
            let table = LaneTable(session: session, mayRefill: found.isEmpty)
            guard let next = try board.firstPreemptor(upTo: priority, in: view, &buckets, table) else { break }
            take(next, for: worker, in: view, at: now)
            found.append(next)
        }
        for next in found.reversed() { putBack(next.id, next.lane, isSuspect: false, in: view) }
        return found.count
    }

    /// Puts jobs that were set aside back into their places, unless a job for which they were is ready or runs.
    private func endPreemption(at priority: Priority?, at now: Timestamp) throws(QueueError) {
        if let priority {
            let priority = Int64(priority.rawValue)
            if board.running.has(upTo: priority) { return }
            if try board.hasReady(upTo: priority, table) { return }
        }
        for id in board.preempted.sorted() {
            if let head = try head(id) { try makePending(head, at: now) }
        }
    }

    // MARK: Views

    /// The board as the worker sees it; `nil` while the whole queue is held.
    private func view(
        of worker: WorkerID, _ rules: AdmissionRules, preemptsAt: Priority?, at now: Timestamp
    ) -> Int? {
        let (version, pauses) = holds.inForce(at: now)
        if pauses.contains(where: { $0.target == .queue }) { return nil }
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version, preemptsAt: preemptsAt)
        if let view = board.view(of: worker.rawValue, matching: stamp) { return view }
        return board.add(makeView(of: worker.rawValue, rules, preemptsAt: preemptsAt, at: now))
    }

    private func makeView(
        of worker: Int64, _ rules: AdmissionRules, preemptsAt: Priority? = nil, at now: Timestamp
    ) -> ClaimView {
        let (version, pauses) = holds.inForce(at: now)
        let terms = ClaimTerms(rules, pauses: pauses, log: holds.log, names: session.names)
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version, preemptsAt: preemptsAt)
        return ClaimView(of: worker, stamp: stamp, terms: terms, shares: shares(of: worker))
    }

    /// Runs `body` with a view that is derived anew and given up afterwards: the rules may be anyone's.
    ///
    /// Nobody has the number 0.
    private func withView<Answer>(
        of worker: WorkerID?, _ rules: AdmissionRules, at now: Timestamp,
        _ body: (Int) throws(QueueError) -> Answer
    ) throws(QueueError) -> Answer {
        let index = board.addTemporary(makeView(of: worker?.rawValue ?? 0, rules, at: now))
        defer { board.removeTemporary() }
        board.begin(ClaimView.Moment(now: now, ioBudget: rules.ioBudget), in: index)
        return try body(index)
    }

    // MARK: Looking

    /// The job that a claim would take first.
    ///
    /// Where the answer needs a change (jobs have become due, the first has expired), the change is undone afterwards.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) throws(QueueError) -> JobRecord? {
        if let due = try nextDue(), due <= now {
            discardsChanges = true
            try promoteDue(at: now)
        }
        if holds.inForce(at: now).pauses.contains(where: { $0.target == .queue }) { return nil }
        return try withView(of: worker, rules, at: now) { (view) throws(QueueError) -> JobRecord? in
            while let next = try board.next(in: view, &buckets, table) {
                guard let record = try session.record(next.id) else { return nil }
                guard let expiry = record.expiresAt, expiry <= now else { return record }
                discardsChanges = true
                if let head = try head(next.id) { leave(head) }
            }
            return nil
        }
    }

    /// Why a job does not run now (rule D14): what the gates of a claim say of it.
    func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) throws(QueueError) -> JobExplanation? {
        guard let head = try head(id.rawValue), let record = try session.record(id.rawValue) else { return nil }
        try know(head.lane)
        let place = rules.types[record.type]
        var answer = JobExplanation(
            job: record, domain: place.flatMap { rules.domains.indices.contains($0) ? rules.domains[$0].name : nil } ?? "")
        if !head.state.isTerminal, head.state != .running {
            answer.pauses = holds.inForce(at: now).pauses.filter { pause in
                switch pause.target {
                case .queue: true
                case .domain(let name): place != nil && name == answer.domain
                case .group(let name): name == record.group
                }
            }
        }
        switch head.state {
        case .blocked:
            let ids = try session.ids(.unmetDependenciesOf, head.id)
            answer.obstacles = [.dependencies(Self.named(ids), count: ids.count)]
        case .waiting:
            let ids = try session.ids(.childrenOf, head.id)
            answer.obstacles = [.children(Self.named(ids), count: ids.count)]
        case .paused:
            answer.obstacles = [.preempted]
        case .ready, .scheduled, .suspect:
            try explainPending(head, record, rules, worker, &answer, at: now)
        default: break
        }
        return answer
    }

    private func explainPending(
        _ head: JobHead, _ record: JobRecord, _ rules: AdmissionRules, _ worker: WorkerID?,
        _ answer: inout JobExplanation, at now: Timestamp
    ) throws(QueueError) {
        let since = try table.waitsSince(head.id)
        let facts = try withView(of: worker, rules, at: now) { (view) throws(QueueError) -> GateFacts? in
            answer.effectivePriority = Priority(
                rawValue: UInt8(clamping: board[view: view].effectivePriority(head.lane, since: since)))
            guard board[view: view].claims(type: head.lane.type) else { return nil }
            var facts = board.facts(of: head.lane, isSuspect: head.isSuspect, in: view, &buckets)
            let count = worker.map { board.running.count(of: $0.rawValue, below: -1) } ?? 0
            facts.worker = .init(running: count, limit: rules.concurrency)
            return facts
        }
        guard var facts else {
            answer.obstacles = [.noExecutor]
            return
        }
        facts.queuePause = ClaimTerms.pause(on: .queue, of: holds.inForce(at: now).pauses)
        facts.runAfter = record.runAfter
        facts.expiresAt = record.expiresAt
        answer.obstacles = Gate.holds(of: facts).map { .gate($0) }
        if answer.obstacles.isEmpty, let first = try peek(rules, worker: worker, at: now), first.id != record.id {
            answer.obstacles = [.behind(first.id)]
        }
    }

    private static func named(_ ids: [Int64]) -> [JobID] {
        ids.prefix(JobExplanation.namedJobs).map { JobID($0) }
    }
}
