import QueueModel
import QueueStoreKit

/// The rows of jobs, kept in step with the index of lanes.
struct JobTable: StoreComponent {
    let context: StoreContext

    func head(_ id: Int64) throws(QueueError) -> JobHead? {
        let row = try session.statement(.head)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { return nil }
        guard let state = StoredState(rawValue: row.int64(4)) else { throw StoredRow.invalid("state", id) }
        let lane = try StoredRow.lane(row, from: 0, of: id)
        _ = try StoredRow.count(row.int64(6), "attempt", id)
        var head = JobHead(
            id: id, lane: lane, state: state, flags: JobFlags(rawValue: row.int64(5)), attempt: row.int64(6),
            worker: row.int64(7), startedAt: row.int64(8), runAfter: row.optionalInt64(9))
        guard head.flags.contains(.hasExtra) else { return head }
        let more = try session.statement(.headExtra)
        defer { more.reset() }
        more.bind(id, at: 1)
        guard try more.step() else { throw StoredRow.invalid("flags", id) }
        head.parent = more.optionalInt64(0)
        head.openChildren = Int64(try StoredRow.count(more.int64(1), "open_children", id, table: "job_extra"))
        head.crashes = Int64(try StoredRow.count(more.int64(2), "crashes", id, table: "job_extra"))
        head.soloCrashes = Int64(try StoredRow.count(more.int64(3), "solo_crashes", id, table: "job_extra"))
        head.cancelRequestedAt = more.optionalInt64(4)
        head.childFailure = more.optionalText(5)
        return head
    }

    /// The state of a job that is there.
    func state(of id: Int64) throws(QueueError) -> StoredState {
        guard let found = try status(of: id) else { throw Dependencies.unknownDependency(JobID(id)) }
        return found.state
    }

    /// The state of a job, and how many dependencies hold it back; `nil` if it is not there.
    func status(of id: Int64) throws(QueueError) -> (state: StoredState, openDependencies: Int)? {
        let row = try session.statement(.stateOf)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { return nil }
        guard let state = StoredState(rawValue: row.int64(0)) else { throw StoredRow.invalid("state", id) }
        return (state, try StoredRow.count(row.int64(1), "open_dependencies", id))
    }

    /// How long ago a job was submitted.
    func age(of id: Int64, at now: Timestamp) throws(QueueError) -> Duration? {
        let row = try session.statement(.waitsSince)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? now.since(Timestamp(milliseconds: row.int64(0))) : nil
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
        row.bind(head.id, at: .id)
        row.bind(failure)
        try row.run()
    }

    /// Removes a job from the index of lanes, according to its state.
    func leave(_ head: JobHead) {
        switch head.state {
        case .ready: context.lanes.removeReady(head.id, lane: head.lane)
        case .suspect: context.lanes.removeSuspect(head.id)
        case .preempted: context.lanes.preempted.remove(head.id)
        case .running: context.lanes.removeRunning(head.id)
        case .scheduled: context.lanes.nextDue.forget()
        default: break
        }
    }

    /// Adds a job to the index of lanes, according to the state that its row has already.
    func enter(_ head: JobHead) throws(QueueError) {
        switch head.state {
        case .ready:
            try know(head.lane)
            context.lanes.insertReady(head.id, lane: head.lane)
        case .suspect:
            try know(head.lane)
            context.lanes.insertSuspect(head.id, lane: head.lane)
        case .preempted: context.lanes.preempted.insert(head.id)
        case .running:
            let job = RunningJobs.Job(
                lane: head.lane, worker: head.worker, startedAt: head.startedAt, isSuspect: head.isSuspect)
            context.lanes.insertRunning(head.id, job)
        case .scheduled:
            if let runAfter = head.runAfter { context.lanes.nextDue.insert(runAfter) }
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
        context.report.noteWork(head.priority)
    }

    func note(
        _ head: JobHead, _ state: JobState, cause: Int64? = nil, age: Duration? = nil
    ) throws(QueueError) {
        context.changes.append(
            JobChange(
                id: JobID(head.id), type: try session.type(head.lane.type), state: state,
                cause: cause.map { JobID($0) }, age: age))
    }

    /// Keeps the present attempt, which has ended.
    func recordAttempt(_ head: JobHead, endedAt: Timestamp, _ failure: JobFailure?) throws(QueueError) {
        let row = try session.statement(.insertAttempt)
        row.bind(head.id, at: .id)
        row.bind(head.attempt, at: .attempt)
        row.bind(head.worker, at: .worker)
        row.bind(head.startedAt, at: .startedAt)
        row.bind(endedAt.milliseconds, at: .endedAt)
        row.bind(failure)
        try row.run()
    }

    /// Reads the names of a lane ahead: views of the lanes need them where nothing can be read.
    func know(_ lane: LaneKey) throws(QueueError) {
        _ = try session.type(lane.type)
        _ = try session.group(lane.group)
    }
}

extension JobFailure {
    /// The failure of a job that ends because of another.
    static func related(to id: Int64, _ state: JobState) -> JobFailure {
        JobFailure(.relatedJob, "\(JobID(id)) ended as \(state)")
    }
}
