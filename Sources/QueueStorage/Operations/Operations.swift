import QueueModel

// The calls of the store's protocol as values for the writer: each names what it runs, and where.

struct SubmitOperation: WriteOperation {
    let submission: JobSubmission
    let now: Timestamp
    func answer(from state: StoreState) throws(QueueError) -> SubmitOutcome? { try state.duplicate(of: submission) }
    func run(in state: StoreState) throws(QueueError) -> SubmitOutcome { try state.submit(submission, at: now) }
}

struct SubmitBatchOperation: WriteOperation {
    let batch: [JobSubmission]
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> [SubmitOutcome] {
        try state.submit(contentsOf: batch, at: now)
    }
}

struct OpenWorkerOperation: WriteOperation {
    let lease: Duration
    let now: HostTime
    func run(in state: StoreState) throws(QueueError) -> WorkerID { try state.openWorker(lease: lease, at: now) }
}

struct RenewLeaseOperation: WriteOperation {
    let worker: WorkerID
    let now: HostTime
    func run(in state: StoreState) throws(QueueError) -> LeaseRenewal { try state.renewLease(of: worker, at: now) }
}

struct CloseWorkerOperation: WriteOperation {
    let worker: WorkerID
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) { try state.closeWorker(worker, at: now) }
}

struct RecoverOperation: WriteOperation {
    let maximumCrashes: Int
    let now: HostTime
    static var manner: OperationManner { .long }
    func run(in state: StoreState) throws(QueueError) -> [JobChange] {
        try state.recover(at: now, maximumCrashes: maximumCrashes)
    }
}

struct TurnOperation: WriteOperation {
    let completions: [Completion]
    let request: ClaimRequest?
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> TurnResult {
        try state.turn(finishing: completions, claiming: request, at: now)
    }
}

struct SaveCheckpointOperation: WriteOperation {
    let bytes: [UInt8]?
    let id: JobID
    let attempt: Int
    func run(in state: StoreState) throws(QueueError) { try state.saveCheckpoint(bytes, of: id, attempt: attempt) }
}

struct CancelOperation: WriteOperation {
    let id: JobID
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> CancelOutcome { try state.cancel(id, at: now) }
}

struct ResubmitOperation: WriteOperation {
    let id: JobID
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> SubmitOutcome { try state.resubmit(id, at: now) }
}

struct BulkOperation: WriteOperation {
    let action: BulkAction
    let ids: [Int64]
    let query: JobQuery
    let now: Timestamp
    static var manner: OperationManner { .long }
    func run(in state: StoreState) throws(QueueError) -> BulkStep {
        try state.apply(action, to: ids, of: query, at: now)
    }
}

struct PauseOperation: WriteOperation {
    let pause: Pause
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) { try state.pause(pause, at: now) }
}

struct ResumeOperation: WriteOperation {
    let target: Pause.Target
    let reason: String?
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> Bool {
        try state.resume(target, reason: reason, at: now)
    }
}

struct DeleteOperation: WriteOperation {
    let id: JobID
    func run(in state: StoreState) throws(QueueError) -> Bool { try state.deleteEnded(id) }
}

struct RegisterOperation: WriteOperation {
    let id: ScheduleID
    let job: RecurringJob
    let first: Timestamp
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> ScheduleOutcome {
        try state.register(id, job, first: first, at: now)
    }
}

struct PauseScheduleOperation: WriteOperation {
    let id: ScheduleID
    let isPaused: Bool
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> Bool {
        try isPaused ? state.pause(schedule: id, at: now) : state.resume(schedule: id)
    }
}

struct RemoveScheduleOperation: WriteOperation {
    let id: ScheduleID
    let cancellingJob: Bool
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> ScheduleRemoval {
        try state.remove(schedule: id, cancellingJob: cancellingJob, at: now)
    }
}

struct FireOperation: WriteOperation {
    let firings: [ScheduleFiring]
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> [FiringOutcome] { try state.fire(firings, at: now) }
}

/// Asks the lanes, which only the writer has.
struct PeekOperation: WriteOperation {
    let rules: AdmissionRules
    let worker: WorkerID?
    let now: Timestamp
    func answer(from state: StoreState) throws(QueueError) -> JobRecord?? {
        try state.mayLook(at: now) ? .some(try state.peek(rules, worker: worker, at: now)) : nil
    }
    func run(in state: StoreState) throws(QueueError) -> JobRecord? {
        try state.peek(rules, worker: worker, at: now)
    }
}

struct ExplainOperation: WriteOperation {
    let id: JobID
    let rules: AdmissionRules
    let worker: WorkerID?
    let now: Timestamp
    func run(in state: StoreState) throws(QueueError) -> JobExplanation? {
        try state.explain(id, rules, worker: worker, at: now)
    }
}

struct PruneOperation: WriteOperation {
    let policy: RetentionPolicy
    let limit: Int
    let now: Timestamp
    static var manner: OperationManner { .long }
    func run(in state: StoreState) throws(QueueError) -> Int { try state.prune(policy, limit: limit, at: now) }
}

struct ExpireOperation: WriteOperation {
    let limit: Int
    let now: Timestamp
    static var manner: OperationManner { .long }
    func run(in state: StoreState) throws(QueueError) -> ExpirySweep { try state.expire(limit: limit, at: now) }
}

/// A small commit that is synced: what was written to the log before it is on disk with it.
///
/// Callers share one.
struct FlushOperation: WriteOperation {
    static var manner: OperationManner { .synced }
    func run(in state: StoreState) throws(QueueError) { try state.setCounter("flush", try state.counter("flush") + 1) }
}

/// What another process did that those who observe this store want to know: running jobs of the store's own workers that it
/// asked to stop, and whether it changed schedules.
struct ForeignNewsOperation: WriteOperation {
    static var manner: OperationManner { .long }
    func run(in state: StoreState) throws(QueueError) -> (stops: [JobID], schedules: Bool, pauses: Bool) {
        (try state.stopsOfOthers(), try state.othersChangedSchedules(), state.othersChangedPauses())
    }
}

/// Does nothing, after all that was asked for before.
struct SettleOperation: WriteOperation {
    static var manner: OperationManner { .bare }
    func run(in state: StoreState) throws(QueueError) {}
}

/// Lets the database grow to a number of pages and no further.
struct LimitPagesOperation: WriteOperation {
    let count: Int
    func run(in state: StoreState) throws(QueueError) {
        _ = try state.session.connection.integer("PRAGMA max_page_count = \(count)")
    }
}

/// Reads on the writer's connection: a store in memory has no other.
struct ReadOnWriter<Operation: ReadOperation>: WriteOperation {
    let operation: Operation
    func run(in state: StoreState) throws(QueueError) -> Operation.Output {
        // What those before it in the transaction have done, too.
        try state.writeBack()
        return try operation.run(on: state.session)
    }
}

/// Asks the lanes over a connection that can't write: they are loaded for this question alone, at the cost of an index look-up each.
struct LookAtLanes<Operation: WriteOperation>: ReadOperation {
    let operation: Operation
    func run(on session: Session) throws(QueueError) -> Operation.Output {
        let state = StoreState(session, log: nil, storeID: 0, process: .current)
        state.onlyLooks = true
        try state.loadIfNeeded()
        return try operation.run(in: state)
    }
}

// MARK: - Reading

struct RecordRead: ReadOperation {
    let id: JobID
    func run(on session: Session) throws(QueueError) -> JobRecord? { try session.record(id.rawValue) }
}

struct PageRead: ReadOperation {
    let query: JobQuery
    func run(on session: Session) throws(QueueError) -> JobPage { try session.jobs(query) }
}

struct IDsRead: ReadOperation {
    let query: JobQuery
    func run(on session: Session) throws(QueueError) -> JobIDPage { try session.ids(query) }
}

struct CountRead: ReadOperation {
    let query: JobQuery
    func run(on session: Session) throws(QueueError) -> Int { try session.count(query) }
}

struct CountsRead: ReadOperation {
    func run(on session: Session) throws(QueueError) -> StateCounts { try session.counts() }
}

struct AttemptsRead: ReadOperation {
    let id: JobID
    func run(on session: Session) throws(QueueError) -> [AttemptRecord] { try session.attempts(of: id.rawValue) }
}

struct RelationRead: ReadOperation {
    let id: JobID
    let relation: JobRelation
    func run(on session: Session) throws(QueueError) -> [JobID] {
        switch relation {
        case .dependencies: try session.dependencies(of: id.rawValue).map { JobID($0) }
        case .dependents: try session.ids(.dependentsOf, id.rawValue).map { JobID($0) }
        }
    }
}

struct ActiveTypesRead: ReadOperation {
    let known: Set<JobType>
    func run(on session: Session) throws(QueueError) -> [JobType: Int] { try session.activeTypes(besides: known) }
}

struct BulkPageRead: ReadOperation {
    let query: JobQuery
    let cursor: BulkCursor?
    let limit: Int
    func run(on session: Session) throws(QueueError) -> BulkPage {
        try session.bulkPage(query, from: cursor, limit: limit)
    }
}

struct TagsRead: ReadOperation {
    let query: TagQuery
    let limit: Int
    func run(on session: Session) throws(QueueError) -> [TagCount] {
        switch query {
        case .values(let key, let value): try session.tagValues(of: key, after: value, limit: limit)
        case .keys(let prefix, let key): try session.tagKeys(prefix: prefix, after: key, limit: limit)
        }
    }
}

struct SnapshotRead: ReadOperation {
    let rules: AdmissionRules
    let now: Timestamp
    func run(on session: Session) throws(QueueError) -> StoreSnapshot { try session.snapshot(of: rules, at: now) }
}

struct PausesRead: ReadOperation {
    let now: Timestamp
    func run(on session: Session) throws(QueueError) -> [Pause] {
        try session.pauses().filter { $0.isInForce(at: now) }
    }
}

struct SchedulesRead: ReadOperation {
    let id: ScheduleID?
    func run(on session: Session) throws(QueueError) -> [ScheduleRecord] {
        guard let id else { return try session.schedules() }
        return try session.schedule(id).map { [$0] } ?? []
    }
}

struct AgendaRead: ReadOperation {
    let types: Set<JobType>
    let now: Timestamp
    func run(on session: Session) throws(QueueError) -> ScheduleAgenda { try session.agenda(of: types, at: now) }
}

struct CheckRead: ReadOperation {
    func run(on session: Session) throws(QueueError) -> [String] { try session.check() }
}
