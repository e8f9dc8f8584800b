import Dispatch
public import QueueModel

/// A store in one SQLite database: a file that several processes may share, or memory.
///
/// Calls that come at once share transactions. A write is on disk when it returns, as far as
/// ``SQLiteStoreOptions/durability`` says; ``flush()`` takes it further. Queries of a file see the last commit and wait for
/// nobody. No call blocks Swift's thread pool for long: what may do so runs on a thread of the store's own.
public final class SQLiteJobStore: JobStore, Sendable {
    /// `nil` if the store is only looked at.
    private let writer: Writer?
    private let readers: ReaderPool?
    private let observers: Observers
    private let logKeeper: LogKeeper?
    private let wakeFile: WakeFile?

    /// Opens a store, and makes it if there is none.
    ///
    /// An existing file is looked at before anything is written: one that is no queue's, newer than this release or damaged
    /// is left as it is. An older one is brought up to date in one transaction.
    ///
    /// Throws ``QueueError/Code/notAQueue``, ``QueueError/Code/newerSchema``, ``QueueError/Code/corrupt``,
    /// ``QueueError/Code/permission``, ``QueueError/Code/readOnly``, ``QueueError/Code/invalidOption``, or what SQLite says.
    public init(
        at location: StoreLocation, options: SQLiteStoreOptions = SQLiteStoreOptions()
    ) async throws(QueueError) {
        try options.validate()
        // Reading an unknown file, and waiting for another process that makes it, can take a while.
        let opened = await withUnsafeContinuation { caller in
            DispatchQueue(label: "millrace.open").async {
                caller.resume(returning: Parts.open(location, options))
            }
        }
        let parts = try opened.get()
        writer = parts.writer
        readers = parts.readers
        observers = parts.observers
        logKeeper = parts.logKeeper
        wakeFile = parts.wakeFile
    }

    private struct Parts: Sendable {
        var writer: Writer?
        var readers: ReaderPool?
        var observers: Observers
        var logKeeper: LogKeeper?
        var wakeFile: WakeFile?

        static func open(_ location: StoreLocation, _ options: SQLiteStoreOptions) -> Result<Parts, QueueError> {
            do throws(QueueError) {
                return .success(try Parts(location, options))
            } catch {
                return .failure(error)
            }
        }

        private init(_ location: StoreLocation, _ options: SQLiteStoreOptions) throws(QueueError) {
            if options.readOnly {
                guard case .file(let name) = location else {
                    throw QueueError(.invalidOption, "a store in memory is new, and can't be opened for reading alone")
                }
                let access = try Database.access(forReading: name, options)
                readers = ReaderPool(path: Platform.absolute(name), limit: options.readerCount, access: access)
                observers = Observers()
                return
            }
            let connection = try Database.open(location, options)
            let observers = Observers()
            var log: LogMeter?
            if case .file(let name) = location {
                let path = Platform.absolute(name)
                let meter = LogMeter()
                meter.install(on: connection)
                log = meter
                readers = ReaderPool(path: path, limit: options.readerCount)
                logKeeper = LogKeeper(path: path, limit: options.walPageLimit)
                wakeFile = WakeFile(path: WakeFile.path(beside: path))
                let state = StoreState(
                    Session(connection), log: log, storeID: .random(in: 1 ... .max), process: .current,
                    effectTimeLimit: options.effectTimeLimit)
                state.warmUp()
                writer = Writer(
                    state, busyTimeout: options.busyTimeout, syncsAlways: options.durability == .full
                ) { [logKeeper, wakeFile] writer, commit in
                    observers.tell(
                        stops: commit.stops, work: commit.work, schedules: commit.changedSchedules,
                        pauses: commit.changedPauses)
                    if commit.hasForeignWorkers, commit.isNews { wakeFile?.touch() }
                    logKeeper?.didCommit(pages: commit.logPages, by: writer)
                }
            } else {
                let state = StoreState(
                    Session(connection), log: nil, storeID: 1, process: .current,
                    effectTimeLimit: options.effectTimeLimit)
                state.warmUp()
                writer = Writer(state, busyTimeout: .zero, syncsAlways: false) { _, commit in
                    observers.tell(
                        stops: commit.stops, work: commit.work, schedules: commit.changedSchedules,
                        pauses: commit.changedPauses)
                }
            }
            self.observers = observers
        }
    }

    /// Another process has done something: looks what it means for those who observe this store.
    private static func listen(_ writer: Writer, _ observers: Observers) {
        if observers.isEmpty { return }
        Task {
            // A store that is closing has nothing more to tell.
            let news = try? await writer.perform(ForeignNewsOperation())
            // What it was is not known, so it may be as urgent as can be.
            observers.tell(
                stops: news?.stops ?? [], work: 0, schedules: news?.schedules ?? false, pauses: news?.pauses ?? false)
        }
    }

    /// Makes the database full at a size: for tests of what happens then.
    package func limitPages(to count: Int) async throws(QueueError) {
        try await write(LimitPagesOperation(count: count))
    }

    /// Ends after what the store does on its own, so that tests can tell what belongs to which call.
    package func settle() async {
        await logKeeper?.settle()
        // What the log's keeper wants of the writer stands before this. A store that is closed has settled.
        try? await writer?.perform(SettleOperation())
    }

    func write<Operation: WriteOperation>(
        _ operation: Operation
    ) async throws(QueueError) -> Operation.Output {
        guard let writer else { throw QueueError(.readOnly, "the store was opened to be looked at") }
        return try await writer.perform(operation)
    }

    /// Asks the lanes, which the writer has; without one they are loaded for this question.
    private func look<Operation: WriteOperation>(
        _ operation: Operation
    ) async throws(QueueError) -> Operation.Output {
        guard writer == nil, let readers else { return try await write(operation) }
        return try readers.read(LookAtLanes(operation: operation))
    }

    private func read<Operation: ReadOperation>(
        _ operation: Operation
    ) async throws(QueueError) -> Operation.Output {
        if let readers { return try readers.read(operation) }
        return try await write(ReadOnWriter(operation: operation))
    }
}

// MARK: - SubmittingStore

extension SQLiteJobStore {
    /// Stores a job: one insert where nothing is unique, tagged or depended on.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await write(SubmitOperation(submission: submission, now: now))
    }

    /// Stores a batch in one transaction.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await write(SubmitBatchOperation(batch: batch, now: now))
    }
}

// MARK: - DispatchingStore

extension SQLiteJobStore {
    /// Takes a worker in.
    ///
    /// Beside the lease, others judge by this process: if it is gone, so is the worker.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try await write(OpenWorkerOperation(lease: lease, now: now))
    }

    /// Renews a worker's lease.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try await write(RenewLeaseOperation(worker: worker, now: now))
    }

    /// Gives back a worker's lease.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await write(CloseWorkerOperation(worker: worker, now: now))
    }

    /// Takes the jobs of dead workers back: the process is gone on this host, the host has been started anew, or the lease
    /// has run out.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await write(RecoverOperation(maximumCrashes: maximumCrashes, now: now))
    }

    /// One turn of a worker.
    ///
    /// The cost does not grow with the number of jobs that are held back.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await write(TurnOperation(completions: completions, request: request, now: now))
    }

    /// Whether an effect is a ``SQLiteEffect``.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        effect is SQLiteEffect
    }

    /// Saves bytes for the next attempt at a job.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await write(SaveCheckpointOperation(bytes: bytes, id: id, attempt: attempt))
    }

    /// Calls `body` after commits of this store, and when another process says that there is something to look at.
    public func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        let observation = observers.add(body)
        wakeFile?.start { [weak writer, observers] in
            if let writer { Self.listen(writer, observers) }
        }
        return observation
    }
}

// MARK: - ControllingStore

extension SQLiteJobStore {
    /// Cancels a job with what follows from it.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try await write(CancelOperation(id: id, now: now))
    }

    /// Makes a new job of an ended one.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await write(ResubmitOperation(id: id, now: now))
    }

    /// Does something to jobs that a query means.
    ///
    /// They are looked for in a snapshot of a file, and each is looked at again in the transaction that changes it, which runs on a
    /// thread of the store's own.
    public func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        try BulkStep.validate(action, query, limit: limit)
        guard let narrow = action.narrowed(query) else { return BulkStep() }
        let page = try await read(BulkPageRead(query: narrow, cursor: cursor, limit: limit))
        if page.ids.isEmpty { return BulkStep() }
        var step = try await write(
            BulkOperation(action: action, ids: page.ids, query: narrow, now: now))
        step.next = page.next
        return step
    }

    /// Adds a hold, or replaces the one with the same target and reason.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await write(PauseOperation(pause: pause, now: now))
    }

    /// Lifts holds.
    ///
    /// Returns whether there was one.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await write(ResumeOperation(target: target, reason: reason, now: now))
    }

    /// Forgets what was counted of the jobs of types.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try await write(ResetStatisticsOperation(type: type))
    }

    /// Deletes an ended job, with its tags and attempts.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await write(DeleteOperation(id: id))
    }
}

// MARK: - QueryingStore

extension SQLiteJobStore {
    /// The job with an id.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await read(RecordRead(id: id))
    }

    /// A page of the jobs that a query means.
    public func jobs(_ query: JobQuery) async throws(QueueError) -> JobPage {
        try query.validate()
        return try await read(PageRead(query: query))
    }

    /// A page of the ids of the jobs that a query means.
    public func ids(_ query: JobQuery) async throws(QueueError) -> JobIDPage {
        try query.validate()
        return try await read(IDsRead(query: query))
    }

    /// The number of jobs that a query means.
    public func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await read(CountRead(query: query))
    }

    /// The number of jobs in each state; counted from indexes, about 30 ms a million jobs.
    public func counts() async throws(QueueError) -> StateCounts {
        try await read(CountsRead())
    }

    /// The job that a claim under these rules would take first.
    public func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try await look(PeekOperation(rules: rules, worker: worker, now: now))
    }

    /// Why a job does not run now.
    ///
    /// Derives the worker's view of the lanes anew, which costs as much as there are lanes.
    public func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await look(ExplainOperation(id: id, rules: rules, worker: worker, now: now))
    }

    /// All attempts at a job.
    public func attempts(of id: JobID) async throws(QueueError) -> [AttemptRecord] {
        try await read(AttemptsRead(id: id))
    }

    /// Returns the jobs that are related to a job, by id.
    public func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID] {
        try await read(RelationRead(id: id, relation: relation))
    }

    /// The types of active jobs, with the number of each, but for those that the caller knows.
    public func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int] {
        try await read(ActiveTypesRead(known: known))
    }

    /// Returns tag keys or the values of one, with the number of jobs that have each.
    public func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [TagCount] {
        try await read(TagsRead(query: query, limit: limit))
    }

    /// What has become of the jobs of types: a row each.
    public func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics] {
        if let readers { return try readers.read(StatisticsRead(type: type, now: now)) }
        return try await write(StatisticsLook(type: type, now: now))
    }

    /// How the store stands, in one snapshot of the database.
    ///
    /// Ready and ended jobs are counted from their indexes alone, about 12 ms for 100 000; of those that are blocked, waiting, set aside
    /// or not due the rows are looked at, about 75 ms for as many, and of running ones, too.
    public func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot {
        try await read(SnapshotRead(rules: rules, now: now))
    }

    /// The holds that lie on the store.
    public func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await read(PausesRead(now: now))
    }
}

// MARK: - SchedulingStore

extension SQLiteJobStore {
    /// Registers a schedule.
    ///
    /// One that is there already, with the same contents, is read and not written.
    public func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try await write(RegisterOperation(id: schedule, job: job, first: first, now: now))
    }

    /// Returns the schedule with a name, or all schedules by name.
    public func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord] {
        try await read(SchedulesRead(id: id))
    }

    /// Pauses or resumes a schedule.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await write(PauseScheduleOperation(id: id, isPaused: isPaused, now: now))
    }

    /// Takes a schedule away.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRemoval {
        try await write(RemoveScheduleOperation(id: id, cancellingJob: cancellingJob, now: now))
    }

    /// What is due of schedules, and when more will be; read from an index, in the order of what is due.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await read(AgendaRead(types: types, now: now))
    }

    /// Fires occurrences in one transaction.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await write(FireOperation(firings: firings, now: now))
    }
}

// MARK: - Backup

extension SQLiteJobStore {
    /// Copies the store, as it is at one instant, into a new file that is its owner's alone (rule Q9).
    ///
    /// The store can be in use, by this process and others. A file is copied from a snapshot, so nobody waits for it; until the
    /// copy is done the write-ahead log is not begun anew, and grows with what is written meanwhile. A store in memory takes no calls
    /// until its copy is done. When the call returns the copy is on disk.
    ///
    /// What runs now runs in the copy too, under the same workers: who opens it takes those jobs back as those of dead workers.
    ///
    /// - Parameter path: Where the copy goes: there is no file, or an empty one.
    /// - Throws: ``QueueError/Code/invalidOption`` for a file that is not empty, ``QueueError/Code/permission``,
    ///   ``QueueError/Code/diskFull``, or what SQLite says; then there is no copy.
    public func backup(to path: String) async throws(QueueError) {
        guard let readers else { return try await write(BackupOperation(path: path)) }
        let outcome = await withUnsafeContinuation { caller in
            DispatchQueue(label: "millrace.backup", qos: .utility).async {
                do throws(QueueError) {
                    let source = try readers.connect()
                    defer { source.close() }
                    try Backup.copy(source, to: path)
                    caller.resume(returning: Result<Void, QueueError>.success(()))
                } catch {
                    caller.resume(returning: .failure(error))
                }
            }
        }
        try outcome.get()
    }
}

// MARK: - MaintainingStore

extension SQLiteJobStore {
    /// Deletes ended jobs that the policy does not keep, in one transaction.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await write(PruneOperation(policy: policy, limit: limit, now: now))
    }

    /// Ends jobs that have expired and do not run, found by an index of those that will.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try await write(ExpireOperation(limit: limit, now: now))
    }

    /// Returns when all that was committed before the call is on disk.
    ///
    /// Callers at once share one sync.
    public func flush() async throws(QueueError) {
        try await write(FlushOperation())
    }

    /// What is wrong with the stored data.
    ///
    /// Reads all of it.
    public func check() async throws(QueueError) -> [String] {
        try await read(CheckRead())
    }

    /// Closes the store after operations that are under way, and copies the log into the file.
    public func close() async {
        wakeFile?.close()
        readers?.close()
        await logKeeper?.close()
        await writer?.close()
    }
}
