import Dispatch
public import QueueModel

/// A store in one SQLite database: a file that several processes may share, or memory.
///
/// Calls that come at once share transactions. A write is on disk when it returns, as far as
/// ``SQLiteStoreOptions/durability`` says; ``flush()`` takes it further. Queries of a file see the last commit and wait for
/// nobody. No call blocks Swift's thread pool for long: what may do so runs on a thread of the store's own.
public final class SQLiteJobStore: JobStore, Sendable {
    let core: StoreCore

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
        core = try await StoreCore.open(location, options)
    }
}

// MARK: - SubmittingStore

extension SQLiteJobStore {
    /// Stores a job: one insert where nothing is unique, tagged or depended on.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await core.perform(SubmitOperation(submission: submission, now: now))
    }

    /// Stores a batch in one transaction.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await core.perform(SubmitBatchOperation(batch: batch, now: now))
    }
}

// MARK: - DispatchingStore

extension SQLiteJobStore {
    /// Takes a worker in.
    ///
    /// Beside the lease, others judge by this process: if it is gone, so is the worker.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).open(lease: lease, at: now)
        }
    }

    /// Renews a worker's lease.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).renewLease(of: worker, at: now)
        }
    }

    /// Gives back a worker's lease.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).close(worker, at: now)
        }
    }

    /// Takes the jobs of dead workers back: the process is gone on this host, the host has been started anew, or the lease
    /// has run out.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await core.write(.long) { (context) throws(QueueError) in
            try Recovery(context).recover(at: now, maximumCrashes: maximumCrashes)
        }
    }

    /// One turn of a worker.
    ///
    /// The cost does not grow with the number of jobs that are held back.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await core.perform(TurnOperation(completions: completions, request: request, now: now))
    }

    /// Whether an effect is a ``SQLiteEffect``.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        effect is SQLiteEffect
    }

    /// Saves bytes for the next attempt at a job.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).saveCheckpoint(bytes, of: id, attempt: attempt)
        }
    }

    /// Calls `body` after commits of this store, and when another process says that there is something to look at.
    public func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        core.observe(body)
    }
}

// MARK: - ControllingStore

extension SQLiteJobStore {
    /// Cancels a job with what follows from it.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try await core.write { (context) throws(QueueError) in
            try Control(context).cancel(id, at: now)
        }
    }

    /// Makes a new job of an ended one.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await core.write { (context) throws(QueueError) in
            try Control(context).resubmit(id, at: now)
        }
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
        let page = try await core.read { (session) throws(QueueError) in
            try session.bulkPage(narrow, from: cursor, limit: limit)
        }
        if page.ids.isEmpty { return BulkStep() }
        var step = try await core.write(.long) { (context) throws(QueueError) in
            try BulkChanges(context).apply(action, to: page.ids, of: narrow, at: now)
        }
        step.next = page.next
        return step
    }

    /// Adds a hold, or replaces the one with the same target and reason.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Pauses(context).pause(pause, at: now)
        }
    }

    /// Lifts holds.
    ///
    /// Returns whether there was one.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await core.write { (context) throws(QueueError) in
            try Pauses(context).resume(target, reason: reason, at: now)
        }
    }

    /// Forgets what was counted of the jobs of types.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Statistics(context).reset(of: type)
        }
    }

    /// Deletes an ended job, with its tags and attempts.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await core.write { (context) throws(QueueError) in
            try Deletion(context).deleteEnded(id)
        }
    }
}

// MARK: - QueryingStore

extension SQLiteJobStore {
    /// The job with an id.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await core.read { (session) throws(QueueError) in try session.record(id.rawValue) }
    }

    /// A page of the jobs that a query means.
    public func jobs(_ query: JobQuery) async throws(QueueError) -> JobPage {
        try query.validate()
        return try await core.read { (session) throws(QueueError) in try session.jobs(query) }
    }

    /// A page of the ids of the jobs that a query means.
    public func ids(_ query: JobQuery) async throws(QueueError) -> JobIDPage {
        try query.validate()
        return try await core.read { (session) throws(QueueError) in try session.ids(query) }
    }

    /// The number of jobs that a query means.
    public func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await core.read { (session) throws(QueueError) in try session.count(query) }
    }

    /// The number of jobs in each state; counted from indexes, about 30 ms a million jobs.
    public func counts() async throws(QueueError) -> StateCounts {
        try await core.read { (session) throws(QueueError) in try session.counts() }
    }

    /// The job that a claim under these rules would take first.
    public func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try await core.look(PeekOperation(rules: rules, worker: worker, now: now))
    }

    /// Why a job does not run now.
    ///
    /// Derives the worker's view of the lanes anew, which costs as much as there are lanes.
    public func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await core.look(
            ClosureOperation(manner: .quick) { (context) throws(QueueError) in
                try Explaining(context).explain(id, rules, worker: worker, at: now)
            })
    }

    /// All attempts at a job.
    public func attempts(of id: JobID) async throws(QueueError) -> [AttemptRecord] {
        try await core.read { (session) throws(QueueError) in try session.attempts(of: id.rawValue) }
    }

    /// Returns the jobs that are related to a job, by id.
    public func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID] {
        try await core.read { (session) throws(QueueError) in
            let ids =
                switch relation {
                case .dependencies: try session.dependencies(of: id.rawValue)
                case .dependents: try session.ids(.dependentsOf, id.rawValue)
                }
            return ids.map { JobID($0) }
        }
    }

    /// The types of active jobs, with the number of each, but for those that the caller knows.
    public func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int] {
        try await core.read { (session) throws(QueueError) in try session.activeTypes(besides: known) }
    }

    /// Returns tag keys or the values of one, with the number of jobs that have each.
    public func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [TagCount] {
        try await core.read { (session) throws(QueueError) in
            switch query {
            case .values(let key, let value): try session.tagValues(of: key, after: value, limit: limit)
            case .keys(let prefix, let key): try session.tagKeys(prefix: prefix, after: key, limit: limit)
            }
        }
    }

    /// What has become of the jobs of types: a row each.
    public func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics] {
        guard let readers = core.readers else {
            return try await core.perform(StatisticsOperation(type: type, now: now))
        }
        return try readers.read { (session) throws(QueueError) in try session.statistics(of: type, at: now) }
    }

    /// How the store stands, in one snapshot of the database.
    ///
    /// Ready and ended jobs are counted from their indexes alone, about 12 ms for 100 000; of those that are blocked, waiting, set aside
    /// or not due the rows are looked at, about 75 ms for as many, and of running ones, too.
    public func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot {
        try await core.read { (session) throws(QueueError) in try session.snapshot(of: rules, at: now) }
    }

    /// The holds that lie on the store.
    public func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await core.read { (session) throws(QueueError) in try session.pauses().filter { $0.isInForce(at: now) } }
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
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).register(schedule, job, first: first, at: now)
        }
    }

    /// Returns the schedule with a name, or all schedules by name.
    public func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord] {
        try await core.read { (session) throws(QueueError) in
            guard let id else { return try session.schedules() }
            return try session.schedule(id).map { [$0] } ?? []
        }
    }

    /// Pauses or resumes a schedule.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await core.write { (context) throws(QueueError) in
            let schedules = Schedules(context)
            return try isPaused ? schedules.pause(schedule: id, at: now) : schedules.resume(schedule: id)
        }
    }

    /// Takes a schedule away.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRemoval {
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).remove(schedule: id, cancellingJob: cancellingJob, at: now)
        }
    }

    /// What is due of schedules, and when more will be; read from an index, in the order of what is due.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await core.read { (session) throws(QueueError) in try session.agenda(of: types, at: now) }
    }

    /// Fires occurrences in one transaction.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).fire(firings, at: now)
        }
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
        guard let readers = core.readers else {
            return try await core.write(.bare) { (context) throws(QueueError) in
                try Backup.copy(context.session.connection, to: path)
            }
        }
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
        try await core.write(.long) { (context) throws(QueueError) in
            try Retention(context).prune(policy, limit: limit, at: now)
        }
    }

    /// Ends jobs that have expired and do not run, found by an index of those that will.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try await core.write(.long) { (context) throws(QueueError) in
            try Expiry(context).expire(limit: limit, at: now)
        }
    }

    /// Returns when all that was committed before the call is on disk.
    ///
    /// Callers at once share one sync.
    public func flush() async throws(QueueError) {
        // What was written to the log before is on disk with a small commit that is synced.
        try await core.write(.synced) { (context) throws(QueueError) in
            try Counters(context).set("flush", try Counters(context).value(of: "flush") + 1)
        }
    }

    /// What is wrong with the stored data.
    ///
    /// Reads all of it.
    public func check() async throws(QueueError) -> [String] {
        try await core.read { (session) throws(QueueError) in try session.check() }
    }

    /// Closes the store after operations that are under way, and copies the log into the file.
    public func close() async {
        await core.close()
    }
}
