import QueueModel
import QueueStoreKit

/// Runs workers' turns.
struct Claiming: StoreComponent {
    let context: StoreContext

    /// Runs one turn of a worker: records completions, then claims.
    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) throws(QueueError) -> TurnResult {
        if let request, try !Workers(context).isOpen(worker: request.worker.rawValue) {
            throw QueueError(.leaseLost, "\(request.worker) holds no lease")
        }
        // What ends now has held its slot up to now.
        context.lanes.advanceShares(to: now)
        var result = TurnResult()
        result.outcomes = try Finishing(context).finish(completions, at: now)
        try DueJobs(context).promote(at: now)
        if let request { try claim(request, into: &result, at: now) }
        try Dependents(context).writeUnblocked()
        try FreedSlots(context).report(under: request?.rules)
        result.changes = context.changes
        if let due = try DueJobs(context).next() { result.nextDue = min(result.nextDue ?? due, due) }
        return result
    }

    private func claim(_ request: ClaimRequest, into result: inout TurnResult, at now: Timestamp) throws(QueueError) {
        guard let view = ClaimViews(context).view(of: request.worker, request.rules, at: now) else { return }
        if !context.lanes.preempted.isEmpty { try Preemption(context).end(at: request.preemptsAt, in: view, at: now) }
        context.lanes.begin(ClaimView.Moment(now: now, ioBudget: request.rules.ioBudget), in: view)
        result.claimed.reserveCapacity(min(request.limit, 1024))
        // From the front each time: what expires may make ready what stands further ahead.
        while result.claimed.count < request.limit,
            let run = try takeRun(upTo: request.limit - result.claimed.count, for: request, in: view, at: now)
        {
            try start(run, under: request.worker, in: view, into: &result.claimed, at: now)
        }
        if let priority = request.preemptsAt {
            result.preemptors = try Preemption(context).count(upTo: priority, of: request.worker, in: view, at: now)
        }
        result.isHeldByLoad = try context.lanes.isHeldByLoad(in: view, &context.buckets, context.laneReader)
        result.nextDue = context.lanes[view: view].nextToken
    }

    /// Jobs with consecutive ids that are claimed together: most are, where lanes are few.
    ///
    /// One statement reads a run and one starts it, for about half of what they cost one by one.
    private struct Run {
        var first: Int64
        var lanes: [LaneKey]
        var isSuspect: Bool

        var last: Int64 { first + Int64(lanes.count) - 1 }
    }

    /// Takes the next to claim, and those that follow it in both the order of claims and their ids, from the index of
    /// lanes.
    private func takeRun(
        upTo limit: Int, for request: ClaimRequest, in view: Int, at now: Timestamp
    ) throws(QueueError) -> Run? {
        if let next = try Preemption(context).next(for: request, in: view) {
            take(next, for: request.worker, in: view, at: now)
            return Run(first: next.id, lanes: [next.lane], isSuspect: next.isSuspect)
        }
        var run: Run?
        while run.map({ $0.lanes.count < limit && !$0.isSuspect }) ?? true {
            // What a run has taken is still ready in the table until it is started.
            let rows = LaneReader(context: context, mayRefill: run == nil)
            guard let next = try context.lanes.next(in: view, &context.buckets, rows) else { break }
            if let run, next.isSuspect || next.id != run.last + 1 { break }
            take(next, for: request.worker, in: view, at: now)
            if run == nil { run = Run(first: next.id, lanes: [], isSuspect: next.isSuspect) }
            run?.lanes.append(next.lane)
        }
        return run
    }

    /// Takes a job from the index of lanes: it counts against the limits and rates of those that follow.
    func take(_ next: LaneIndex.Next, for worker: WorkerID, in view: Int, at now: Timestamp) {
        if next.isSuspect {
            context.lanes.removeSuspect(next.id)
        } else {
            context.lanes.removeReady(next.id, lane: next.lane)
        }
        context.lanes[view: view].takeTokens(next.lane, &context.buckets)
        context.lanes[view: view].startsInTurn = next.isInTurn
        context.lanes.insertRunning(
            next.id,
            RunningJobs.Job(
                lane: next.lane, worker: worker.rawValue, startedAt: now.milliseconds, isSuspect: next.isSuspect))
    }

    /// Puts a job back that was taken and not started.
    func putBack(_ id: Int64, _ lane: LaneKey, isSuspect: Bool, in view: Int) {
        release(id, lane, in: view)
        context.lanes.insert(id, lane: lane, isSuspect: isSuspect)
    }

    /// Lets go of the slot and the tokens of a job that was taken and not started.
    func release(_ id: Int64, _ lane: LaneKey, in view: Int) {
        context.lanes.removeUnstarted(id)
        context.lanes.giveBackTokens(lane, in: view, &context.buckets)
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
            try Statistics(context).count(run.lanes[claimed.count - before].type, at: now) {
                $0.claimed(record, at: now)
            }
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
            if !context.unwrittenReady.isEmpty { context.unwrittenReady.subtract(run.first..<run.first + Int64(count)) }
            try session.run(
                .start, run.first, run.first + Int64(count) - 1, worker.rawValue, now.milliseconds)
        }
        if let expired {
            context.changes.append(
                JobChange(
                    id: expired.id, type: expired.type, state: .expired, age: now.since(expired.submittedAt)))
            try Propagation(context).run([.end(expired.id.rawValue, as: .expired, nil, cause: nil)], at: now)
        }
    }

    /// The priority that waiting has brought a job to; `nil`: its own.
    private func agedPriority(of record: JobRecord, _ lane: LaneKey, in view: Int) throws(QueueError) -> Priority? {
        guard context.lanes[view: view].rules.hasAging else { return nil }
        let start = try context.laneReader.waitsSince(record.id.rawValue)
        let aged = Priority(rawValue: UInt8(clamping: context.lanes[view: view].effectivePriority(lane, since: start)))
        return aged == record.priority ? nil : aged
    }
}
