public import QueueModel

/// A store of jobs: everything a queue needs of one.
///
/// The protocol is composed of roles, each for one kind of caller. Each requirement is one atomic operation: it
/// happens as a whole or not at all, and when it returns, its changes are committed as durably as the store promises.
/// Calls may come from any number of tasks at once. A store need not be a file, nor SQLite, nor limited to one
/// process.
///
/// The arguments are `Codable`, for stores that record the calls or send them to another process. Until 1.0, a minor
/// release may change their encoded form.
///
/// A store must pass the suite of `QueueConformance`; requirements name the checks that cover them.
public protocol JobStore: SubmittingStore, DispatchingStore, ControllingStore, QueryingStore, MaintainingStore,
    SchedulingStore
{}

/// The role of a store for submitting jobs.
public protocol SubmittingStore: Sendable {
    /// Stores a job.
    ///
    /// The caller validates the submission (``JobSubmission/validate(limits:)``). The store must detect unknown
    /// dependencies and parents and cycles through parents. A job whose dependencies are already met is pending;
    /// otherwise it is blocked, or ends at once as its policy says. A child inherits from its parent
    /// (``JobSubmission/inheriting(priority:expiresAt:)``) before anything else is decided. Everything that ends or
    /// changes because of the submission is part of its outcome (``SubmitOutcome/changes``).
    ///
    /// - Throws: ``QueueError`` for an invalid reference, or an error of the store; then nothing has changed.
    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome

    /// Stores a batch as a whole, with one outcome per submission, in order.
    ///
    /// The caller validates the batch (``JobSubmission/validate(_:limits:)``). Duplicates within it are treated as if
    /// each had been submitted after the previous one. ``Dependency/submission(_:)`` refers to the job that
    /// represents the work of that submission.
    ///
    /// - Throws: ``QueueError`` with the index of the submission at fault in ``QueueError/index``; then nothing has
    ///   changed.
    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) async throws(QueueError) -> [SubmitOutcome]
}

/// The role of a store for workers.
public protocol DispatchingStore: Sendable {
    /// Opens a worker with a lease that lasts `lease` from now and from each renewal.
    ///
    /// Processes on the same run of the same host must judge it by ``HostTime/uptime``, others by the date.
    func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID

    /// Renews a worker's lease, and returns which of its jobs were asked to stop.
    ///
    /// A lease that has run out but whose jobs nobody has recovered must be renewed as well.
    func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal

    /// Closes a worker. Jobs that still run under it go back to the queue as if released.
    func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError)

    /// Recovers the jobs of dead workers: those whose process is gone on this host, or whose lease has run out.
    ///
    /// Such a job is pending again, in its place in the order, with key and retries kept and ``JobRecord/crashes``
    /// raised, unless the host itself had gone down. A job that had been asked to stop ends as cancelled. Jobs with
    /// two or more crashes are suspects, of which only one runs at a time; one that was the only running suspect in
    /// `maximumCrashes` crashes is dead-lettered.
    func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange]

    /// Performs one turn of a worker in one transaction: records completions, then claims jobs.
    ///
    /// Completions are recorded in order, with everything that follows from them: dependents are unblocked or fail,
    /// parents are resolved. Then jobs that have become due are made ready, and preempted jobs go back to their
    /// places if no more urgent one is left. Then up to the request's limit of jobs are claimed: by (effective)
    /// priority and id, or by the shares of their groups, leaving out whole lanes that a ``Gate`` holds back. Expired
    /// jobs end and are not claimed. Each claimed job is running under the worker, with its attempt raised and a
    /// token of each of its rates taken.
    ///
    /// The effects of a success are performed in the same transaction, before anything else of it (see
    /// ``Completion/effects``).
    ///
    /// With `claiming` `nil`, only the completions are recorded.
    ///
    /// - Throws: ``QueueError/Code/leaseLost`` for a claim by a worker that was closed or recovered, or an error of
    ///   the store; then nothing has changed.
    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult

    /// Returns whether the store can perform an effect with a completion; an unaccepted effect fails its job.
    ///
    /// The default implementation accepts none.
    func accepts(_ effect: any CompletionEffect) -> Bool

    /// Saves a checkpoint for the next attempt at a job.
    ///
    /// - Throws: ``QueueError/Code/leaseLost`` unless the given attempt is the job's current one.
    func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError)

    /// Calls `body` after each commit that others may need to know of, until the observation ends.
    ///
    /// `body` is called on the thread that committed; it must be quick and must not call the store.
    func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation
}

extension DispatchingStore {
    /// Returns `false`.
    public func accepts(_ effect: any CompletionEffect) -> Bool { false }
}

/// The role of a store for controlling jobs.
public protocol ControllingStore: Sendable {
    /// Cancels a job together with its active children and, as their policies say, its dependents.
    ///
    /// A running job is asked to stop; its children are cancelled at once, or asked to stop if they run. The outcome
    /// contains all changes except that of the job itself.
    func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome

    /// Submits an ended job again: same type, payload, priority, group, key, label, tags and parent's settings, with
    /// attempts and retries from zero. The old job is kept.
    ///
    /// - Throws: ``QueueError/Code/unknownJob``, or ``QueueError/Code/notPossibleNow`` for a job that has not ended.
    func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome

    /// Applies an action to the jobs that a query matches, the first by id first, in one transaction: one step of a
    /// bulk operation.
    ///
    /// A step looks at no more than `limit` jobs (``BulkStep/limits``) and continues where the previous one ended.
    /// The caller repeats it until ``BulkStep/next`` is `nil`, so that others can write in between. The query's
    /// order, limit and cursor are ignored. A job that starts or stops matching during a step may or may not be
    /// affected. Everything that follows from a change belongs to the transaction, whatever its size.
    ///
    /// ``BulkStep/edits`` has the jobs with a new priority or group, by id; ``BulkStep/changes`` those whose state
    /// has changed.
    ///
    /// Covered by the checks `bulk` and `bulkChanging`.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` or ``QueueError/Code/invalidText``; then nothing has changed.
    func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep

    /// Adds a pause, or replaces the one with the same target and reason.
    func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError)

    /// Lifts the pause with this target and reason or, with `nil`, all of the target. Returns whether there was one.
    func resume(_ target: Pause.Target, reason: String?, at now: Timestamp) async throws(QueueError) -> Bool

    /// Resets the statistics of a type or, with `nil`, of all types; counting restarts with the next claim or end.
    ///
    /// Covered by the checks `statistics`.
    func resetStatistics(of type: JobType?) async throws(QueueError)

    /// Deletes an ended job with its tags and attempts. Returns `false` if no job has the id.
    ///
    /// - Throws: ``QueueError/Code/notPossibleNow`` if the job is active.
    func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool
}

/// The role of a store for queries.
public protocol QueryingStore: Sendable {
    /// Returns the job with an id.
    func job(_ id: JobID) async throws(QueueError) -> JobRecord?

    /// Returns a page of the jobs that a query matches.
    func jobs(_ query: JobQuery) async throws(QueueError) -> JobQuery.Page

    /// Returns a page of the ids of the jobs that a query matches.
    func ids(_ query: JobQuery) async throws(QueueError) -> JobQuery.IDPage

    /// Returns the number of jobs that a query matches, regardless of its limit.
    func count(_ query: JobQuery) async throws(QueueError) -> Int

    /// Returns the number of jobs in each state.
    func counts() async throws(QueueError) -> StateCounts

    /// Returns the job that a claim under these rules would take first at this instant; changes nothing.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) async throws(QueueError) -> JobRecord?

    /// Returns why a job is not running now, as a claim by a worker under these rules would see it; `nil` if no job
    /// has the id.
    ///
    /// The caller adds what the store can't know, for example whether the worker runs. Changes nothing.
    func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation?

    /// Returns all attempts at a job, the first one first; the last may be running.
    func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt]

    /// Returns the jobs that are related to a job, by id; none if the job is unknown.
    func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID]

    /// Returns the types of active jobs with the number of each, except those that the caller knows.
    ///
    /// A store should not count the jobs of known types, of which there may be millions: a queue calls this when it
    /// starts.
    func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int]

    /// Returns tag keys or the values of one, with the number of active and ended jobs that have each.
    ///
    /// They are ordered by their bytes, and no more than `limit` are returned. The cost must grow with the number
    /// of jobs that have these tags, not with the number of all jobs.
    func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [Tag.Count]

    /// Returns the statistics of a type or, with `nil`, of each type with statistics, by the bytes of their names.
    ///
    /// Every claim and every end of a job must be counted in its own transaction, as ``TypeTally`` does; deleting
    /// jobs changes nothing. The cost must grow with the number of types only. Throughput is as of the given instant.
    ///
    /// Covered by the checks `statistics`.
    func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics]

    /// Returns the status of the store at one instant: counts by state, type and group, the oldest pending job, the
    /// rates of rules with their tokens, pauses, schedules and workers. Changes nothing.
    ///
    /// The cost may grow with the number of jobs, as that of ``counts()`` does.
    ///
    /// Covered by the checks `snapshots`.
    func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot

    /// Returns the pauses in force.
    func pauses(at now: Timestamp) async throws(QueueError) -> [Pause]
}

/// The role of a store for maintenance.
public protocol MaintainingStore: Sendable {
    /// Deletes ended jobs that the policy does not keep, the oldest first, at most `limit` of them. Returns their
    /// number.
    ///
    /// A job on which an active job still depends, and a child of an active parent, must be kept.
    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int

    /// Ends expired jobs that are not running, the first to expire first, at most `limit` of them, in one
    /// transaction.
    ///
    /// Pending, blocked, waiting and preempted jobs end with everything that follows: their children expire with
    /// them. Running jobs continue. The cost must grow with the number of jobs that are ended and of running ones
    /// that have expired.
    ///
    /// Covered by the checks `expiring`.
    func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep

    /// Returns once everything committed before the call is on disk, regardless of the store's durability.
    func flush() async throws(QueueError)

    /// Checks the stored data. Returns one sentence per violated invariant, with the ids concerned.
    func check() async throws(QueueError) -> [String]

    /// Closes the store after the operations in progress. Later calls throw ``QueueError/Code/closed``. May be called
    /// again.
    func close() async
}

/// A relation between two jobs by their dependencies.
public enum JobRelation: String, Hashable, Sendable, Codable, CaseIterable {
    /// The jobs that a job depends on, met or not.
    case dependencies
    /// The jobs that depend on a job.
    case dependents
}

/// A question about the tags of stored jobs.
public enum TagQuery: Hashable, Sendable, Codable {
    /// The values of a key that follow a value, or all with `nil`.
    case values(of: String, after: String?)
    /// The keys that begin with a prefix and follow a key, or all of them with `nil`.
    case keys(prefix: String, after: String?)
}

extension QueryingStore {
    /// Returns the jobs that a job depends on, met or not, by id.
    public func dependencies(of id: JobID) async throws(QueueError) -> [JobID] {
        try await related(to: id, by: .dependencies)
    }

    /// Returns the jobs that depend on a job, by id.
    public func dependents(of id: JobID) async throws(QueueError) -> [JobID] {
        try await related(to: id, by: .dependents)
    }

    /// Returns the types of active jobs, with the number of each.
    public func activeTypes() async throws(QueueError) -> [JobType: Int] { try await activeTypes(besides: []) }
}
