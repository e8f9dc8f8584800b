import Dispatch
public import QueueModel

/// A store in one SQLite database: a file that several processes may share, or memory.
///
/// Calls that come at once share transactions. A write is on disk when it returns, as far as
/// ``SQLiteStoreOptions/durability`` says; ``flush()`` takes it further. Queries of a file see the last commit and wait for
/// nobody. No call blocks Swift's thread pool for long: what may do so runs on a thread of the store's own.
public final class SQLiteJobStore: JobStore, Sendable {
    let writer: Writer
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
        var writer: Writer
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
                        holds: commit.changedHolds)
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
                        holds: commit.changedHolds)
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
                stops: news?.stops ?? [], work: 0, schedules: news?.schedules ?? false, holds: news?.holds ?? false)
        }
    }

    /// Makes the database full at a size: for tests of what happens then.
    package func limitPages(to count: Int) async throws(QueueError) {
        try await writer.perform(LimitPagesOperation(count: count))
    }

    private func read<Operation: ReadOperation>(
        _ operation: Operation
    ) async throws(QueueError) -> Operation.Output {
        if let readers { return try readers.read(operation) }
        return try await writer.perform(ReadOnWriter(operation: operation))
    }
}

// MARK: - SubmittingStore

extension SQLiteJobStore {
    /// Stores a job: one insert where nothing is unique, tagged or depended on.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await writer.perform(SubmitOperation(submission: submission, now: now))
    }

    /// Stores a batch in one transaction.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await writer.perform(SubmitBatchOperation(batch: batch, now: now))
    }
}

// MARK: - DispatchingStore

extension SQLiteJobStore {
    /// Takes a worker in.
    ///
    /// Beside the lease, others judge by this process: if it is gone, so is the worker.
    public func openWorker(lease: Duration, at now: Timestamp) async throws(QueueError) -> WorkerID {
        try await writer.perform(OpenWorkerOperation(lease: lease, now: now))
    }

    /// Renews a worker's lease.
    public func renewLease(of worker: WorkerID, at now: Timestamp) async throws(QueueError) -> LeaseRenewal {
        try await writer.perform(RenewLeaseOperation(worker: worker, now: now))
    }

    /// Gives back a worker's lease.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await writer.perform(CloseWorkerOperation(worker: worker, now: now))
    }

    /// Takes the jobs of dead workers back: the process is gone on this host, the host has been started anew, or the lease
    /// has run out.
    public func recover(at now: Timestamp, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await writer.perform(RecoverOperation(maximumCrashes: maximumCrashes, now: now))
    }

    /// One turn of a worker.
    ///
    /// The cost does not grow with the number of jobs that are held back.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await writer.perform(TurnOperation(completions: completions, request: request, now: now))
    }

    /// Whether an effect is a ``SQLiteEffect``.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        effect is SQLiteEffect
    }

    /// Saves bytes for the next attempt at a job.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await writer.perform(SaveCheckpointOperation(bytes: bytes, id: id, attempt: attempt))
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
        try await writer.perform(CancelOperation(id: id, now: now))
    }

    /// Makes a new job of an ended one.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await writer.perform(ResubmitOperation(id: id, now: now))
    }

    /// Adds a hold, or replaces the one with the same target and reason.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await writer.perform(PauseOperation(pause: pause, now: now))
    }

    /// Lifts holds.
    ///
    /// Returns whether there was one.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await writer.perform(ResumeOperation(target: target, reason: reason, now: now))
    }

    /// Deletes an ended job, with its tags and attempts.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await writer.perform(DeleteOperation(id: id))
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
        try await writer.perform(PeekOperation(rules: rules, worker: worker, now: now))
    }

    /// Why a job does not run now.
    ///
    /// Derives the worker's view of the lanes anew, which costs as much as there are lanes.
    public func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await writer.perform(ExplainOperation(id: id, rules: rules, worker: worker, now: now))
    }

    /// All attempts at a job.
    public func attempts(of id: JobID) async throws(QueueError) -> [AttemptRecord] {
        try await read(AttemptsRead(id: id))
    }

    /// The jobs that a job depends on.
    public func dependencies(of id: JobID) async throws(QueueError) -> [JobID] {
        try await read(DependenciesRead(id: id))
    }

    /// The jobs that depend on a job.
    public func dependents(of id: JobID) async throws(QueueError) -> [JobID] {
        try await read(RelationRead(id: id, sql: .dependentsOf))
    }

    /// The types of active jobs, with the number of each.
    public func activeTypes() async throws(QueueError) -> [JobType: Int] {
        try await read(ActiveTypesRead())
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
        try await writer.perform(RegisterOperation(id: schedule, job: job, first: first, now: now))
    }

    /// The schedule with a name.
    public func schedule(_ id: ScheduleID) async throws(QueueError) -> ScheduleRecord? {
        try await read(ScheduleRead(id: id))
    }

    /// All schedules by name.
    public func schedules() async throws(QueueError) -> [ScheduleRecord] {
        try await read(SchedulesRead())
    }

    /// Holds a schedule.
    public func pause(schedule id: ScheduleID, at now: Timestamp) async throws(QueueError) -> Bool {
        try await writer.perform(PauseScheduleOperation(id: id, now: now))
    }

    /// Lets a schedule go on.
    public func resume(schedule id: ScheduleID, at now: Timestamp) async throws(QueueError) -> Bool {
        try await writer.perform(ResumeScheduleOperation(id: id))
    }

    /// Takes a schedule away.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRemoval {
        try await writer.perform(RemoveScheduleOperation(id: id, cancellingJob: cancellingJob, now: now))
    }

    /// What is due of schedules, and when more will be; read from an index, in the order of what is due.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await read(AgendaRead(types: types, now: now))
    }

    /// Fires occurrences in one transaction.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await writer.perform(FireOperation(firings: firings, now: now))
    }
}

// MARK: - MaintainingStore

extension SQLiteJobStore {
    /// Deletes ended jobs that the policy does not keep, in one transaction.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await writer.perform(PruneOperation(policy: policy, limit: limit, now: now))
    }

    /// Returns when all that was committed before the call is on disk.
    ///
    /// Callers at once share one sync.
    public func flush() async throws(QueueError) {
        try await writer.perform(FlushOperation())
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
        await writer.close()
    }
}
