import QueueModel

/// What the rules need to know of a job, without its content.
struct JobHead {
    var id: Int64
    var lane: LaneKey
    var state: StoredState
    var flags: JobFlags
    var attempt: Int64
    var worker: Int64
    var startedAt: Int64
    var runAfter: Int64?
    var parent: Int64?
    var openChildren: Int64 = 0
    var crashes: Int64 = 0
    var soloCrashes: Int64 = 0
    var cancelRequestedAt: Int64?
    var childFailure: String?

    var priority: Int64 { lane.priority }
    var isSuspect: Bool { crashes >= 2 }
    var isRunning: Bool { state == .running }

    /// What decides how an attempt's end is recorded.
    var finishFacts: FinishFacts {
        FinishFacts(
            isRunning: isRunning, attempt: Int(attempt), worker: WorkerID(rawValue: worker),
            cancelRequestedAt: cancelRequestedAt.map { Timestamp(milliseconds: $0) },
            childFailure: childFailure.map { JobFailure(.relatedJob, $0) },
            hadChildren: flags.contains(.hasChildren), openChildren: Int(openChildren))
    }

    /// The state that a pending job stands in at an instant.
    func pendingState(at now: Timestamp) -> StoredState {
        if let runAfter, runAfter > now.milliseconds { return .scheduled }
        return isSuspect ? .suspect : .ready
    }
}

extension StoreState {
    func head(_ id: Int64) throws(QueueError) -> JobHead? {
        let row = try session.statement(.head)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { return nil }
        guard let state = StoredState(rawValue: row.int64(4)) else { throw Session.invalid("state", id) }
        let lane = try Session.lane(row, from: 0, of: id)
        _ = try Session.count(row.int64(6), "attempt", id)
        var head = JobHead(
            id: id, lane: lane, state: state, flags: JobFlags(rawValue: row.int64(5)), attempt: row.int64(6),
            worker: row.int64(7), startedAt: row.int64(8), runAfter: row.optionalInt64(9))
        guard head.flags.contains(.hasExtra) else { return head }
        let more = try session.statement(.headMore)
        defer { more.reset() }
        more.bind(id, at: 1)
        guard try more.step() else { throw Session.invalid("flags", id) }
        head.parent = more.optionalInt64(0)
        head.openChildren = Int64(try Session.count(more.int64(1), "open_children", id, table: "job_extra"))
        head.crashes = Int64(try Session.count(more.int64(2), "crashes", id, table: "job_extra"))
        head.soloCrashes = Int64(try Session.count(more.int64(3), "solo_crashes", id, table: "job_extra"))
        head.cancelRequestedAt = more.optionalInt64(4)
        head.childFailure = more.optionalText(5)
        return head
    }

    /// Makes sure that a job has a row for what few jobs have.
    func makeExtra(_ id: Int64, _ flags: JobFlags) throws(QueueError) {
        if flags.contains(.hasExtra) { return }
        try session.run(.makeExtra, id)
        try session.run(.setFlags, id, JobFlags.hasExtra.rawValue)
    }

    func set(_ failure: JobFailure?, of head: JobHead) throws(QueueError) {
        guard let failure else { return }
        try makeExtra(head.id, head.flags)
        let row = try session.statement(.setFailure)
        row.bind(head.id, at: 1)
        row.bind(failure, at: 2)
        try row.run()
    }

    /// Takes a job out of the board, where it stands by its state.
    func leave(_ head: JobHead) {
        switch head.state {
        case .ready: board.removeReady(head.id, lane: head.lane)
        case .suspect: board.removeSuspect(head.id)
        case .preempted: board.removePreempted(head.id)
        case .running: board.removeRunning(head.id)
        case .scheduled: board.isNextDueKnown = false
        default: break
        }
    }

    /// Puts a job into the board by its state, which it has in the table already.
    func enter(_ head: JobHead) throws(QueueError) {
        switch head.state {
        case .ready:
            try know(head.lane)
            board.insertReady(head.id, lane: head.lane)
        case .suspect:
            try know(head.lane)
            board.insertSuspect(head.id, lane: head.lane)
        case .preempted: board.insertPreempted(head.id)
        case .running:
            let job = RunningJobs.Job(
                lane: head.lane, worker: head.worker, startedAt: head.startedAt, isSuspect: head.isSuspect)
            board.insertRunning(head.id, job)
        case .scheduled:
            if let runAfter = head.runAfter { board.insertScheduled(runAfter) }
        default: break
        }
    }

    /// Makes a job pending that was something else, in the place that its earliest start asks for.
    func makePending(_ head: JobHead, setting flags: JobFlags = [], at now: Timestamp) throws(QueueError) {
        leave(head)
        let wasPaused = head.state == .preempted
        var head = head
        head.state = head.pendingState(at: now)
        try session.run(.setStateAndFlags, head.id, head.state.rawValue, flags.rawValue)
        if wasPaused { try session.run(.endPaused, head.id, now.milliseconds) }
        try enter(head)
        effects.noteWork(head.priority)
    }

    func note(
        _ head: JobHead, _ state: JobState, cause: Int64? = nil, age: Duration? = nil
    ) throws(QueueError) {
        effects.changes.append(
            JobChange(
                id: JobID(head.id), type: try session.type(head.lane.type), state: state,
                cause: cause.map { JobID($0) }, age: age))
    }
}
