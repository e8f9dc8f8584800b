public import QueueModel

/// A place where jobs live: all that a queue needs of it.
///
/// The protocol is composed of roles by who needs them. Each requirement is one atomic operation in the language of jobs: it
/// happens as a whole or not at all, and when it returns, what it did is committed as durably as the store promises. Calls may
/// come from any number of tasks at once. Nothing in them assumes one process, SQLite or a file.
///
/// What calls are given is `Codable`, for stores that keep or send the calls themselves: a journal, another process. The encoded form follows
/// the declarations of these types, which a minor release may change before 1.0.
///
/// A store passes the suite of `QueueConformance`; each requirement names its checks there.
public protocol JobStore: SubmittingStore, DispatchingStore, ControllingStore, QueryingStore, MaintainingStore,
    SchedulingStore
{}

/// The role of a store towards those who submit.
public protocol SubmittingStore: Sendable {
    /// Stores a job.
    ///
    /// The submission is validated by the caller (``JobSubmission/validate(limits:)``); the store finds unknown dependencies and
    /// parents and cycles through parents. A job whose dependencies are all met already is pending, else blocked, or it ends at
    /// once as its policy says. A child inherits from its parent, as ``JobSubmission/inheriting(priority:expiresAt:)`` has it, before
    /// anything else is decided. What ends or changes because of the submission comes with its outcome
    /// (``SubmitOutcome/changes``). Throws ``QueueError`` with the codes of rule S7, or of the store; then nothing has changed.
    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome

    /// Stores a batch, as a whole or not at all, with an outcome each, in order (rule S6).
    ///
    /// The batch is validated by the caller (``JobSubmission/validate(_:limits:)``). Duplicates inside of it follow rule S5 as if
    /// each had been submitted after the one before. ``Dependency/submission(_:)`` means the job that now stands for that
    /// place's work. An error names the place in ``QueueError/index``.
    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) async throws(QueueError) -> [SubmitOutcome]
}

/// The role of a store towards workers.
public protocol DispatchingStore: Sendable {
    /// Takes a worker in, with a lease from now on that lasts `lease` after each renewal.
    ///
    /// It lasts so long by ``HostTime/uptime``, for whoever is on the same run of the same host; for others by the date.
    func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID

    /// Renews a worker's lease, and tells it which of its jobs it has been asked to stop.
    ///
    /// A lease that has run out but whose jobs nobody has recovered is renewed all the same.
    func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal

    /// Gives back a worker's lease. Jobs that still run under it go back to the queue as if released.
    func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError)

    /// Takes the jobs of dead workers back (rules L4, L5): those of workers whose process is gone on this host, or whose lease
    /// has run out.
    ///
    /// Such a job is pending again, in its place in the order, with key and retries kept and ``JobRecord/crashes`` raised,
    /// unless the host itself had gone down. A job that had been asked to stop ends as cancelled. Jobs with two or more crashes
    /// are suspects, of which one runs at a time; one that was the only suspect running in `maximumCrashes` crashes is dead-lettered.
    func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange]

    /// One turn of a worker, in one transaction: records completions, then claims.
    ///
    /// Completions are recorded in order, with all that they cause: dependents are unblocked or fail, parents are resolved. Then
    /// jobs that have become due are made ready, jobs that were set aside for more urgent ones go back to their places if none
    /// is left, and up to the request's limit are claimed: by (effective) priority, then by id, or by the shares of their groups, leaving
    /// out whole lanes that a ``Gate`` holds back. Jobs that have expired end so, and are not handed out. Each claimed job is running
    /// under the worker, with its attempt raised and a token of each of its rates taken. Throws when nothing was changed.
    ///
    /// The effects of a success are done in the same transaction, before anything else of it (rule E8; see ``Completion/effects``).
    ///
    /// A claim by a worker whose lease was given back or recovered throws ``QueueError/Code/leaseLost``. With `claiming` `nil` only the
    /// completions are recorded.
    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult

    /// Whether the store can do an effect with a completion (rule E8); one that it can't fails its job.
    ///
    /// By default a store can do none.
    func accepts(_ effect: any CompletionEffect) -> Bool

    /// Saves bytes for the next attempt at a job; only while the given attempt is its present one, else throws
    /// ``QueueError/Code/leaseLost``.
    func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError)

    /// Calls `body` after each commit that others may want to know of, until the observation ends.
    ///
    /// `body` is called on whatever thread committed; it must be quick and must not call the store.
    func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation
}

extension DispatchingStore {
    /// Can do none.
    public func accepts(_ effect: any CompletionEffect) -> Bool { false }
}

/// The role of a store towards those who steer it.
public protocol ControllingStore: Sendable {
    /// Cancels a job, and with it its children that have not ended, and, as their policies say, those that depend on it.
    ///
    /// One that runs is asked to stop; its children are cancelled at once, or asked to stop where they run. The outcome has all that
    /// changed, the job itself left out.
    func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome

    /// Makes a new job of an ended one (rules L1, E4): same type, payload, priority, group, key, label, tags and parent's
    /// settings, attempts and retries from zero. The old one stays in history.
    ///
    /// Throws ``QueueError/Code/unknownJob``, or ``QueueError/Code/notPossibleNow`` for a job that has not ended.
    func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome

    /// Does something to jobs that a query means, the first by id, in one transaction: one step of a bulk operation (rule Q1).
    ///
    /// A step looks at no more than `limit` jobs (``BulkStep/limits``) and goes on where the one before ended; the caller repeats it
    /// until ``BulkStep/next`` is `nil`, so that others can write in between. What the query says of its pages does not count. A job that
    /// comes to be meant, or no longer is, while a step is taken is met or not. What follows from a change belongs to the
    /// transaction, whatever its size.
    ///
    /// Jobs that have another priority or group now are told in ``BulkStep/edits``, by id; those whose state has changed in
    /// ``BulkStep/changes``.
    ///
    /// Throws ``QueueError/Code/invalidOption``, ``QueueError/Code/invalidText``; then nothing has changed.
    ///
    /// Shown by the checks `bulk` and `bulkChanging`.
    func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep

    /// Adds a hold, or replaces the one with the same target and reason.
    func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError)

    /// Lifts the hold with this target and reason, or with `nil` all of the target. Returns whether there was one.
    func resume(_ target: Pause.Target, reason: String?, at now: Timestamp) async throws(QueueError) -> Bool

    /// Forgets what was counted of the jobs of a type, or with `nil` of all; counting begins anew with the next claim or end.
    ///
    /// Shown by the checks `statistics`.
    func resetStatistics(of type: JobType?) async throws(QueueError)

    /// Deletes an ended job, with its tags and attempts. Returns `false` if there is none of the id; throws
    /// ``QueueError/Code/notPossibleNow`` if it is active.
    func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool
}

/// The role of a store towards those who look.
public protocol QueryingStore: Sendable {
    /// The job with an id.
    func job(_ id: JobID) async throws(QueueError) -> JobRecord?

    /// A page of the jobs that a query means.
    func jobs(_ query: JobQuery) async throws(QueueError) -> JobQuery.Page

    /// A page of the ids of the jobs that a query means.
    func ids(_ query: JobQuery) async throws(QueueError) -> JobQuery.IDPage

    /// The number of jobs that a query means, whatever its limit.
    func count(_ query: JobQuery) async throws(QueueError) -> Int

    /// The number of jobs in each state.
    func counts() async throws(QueueError) -> StateCounts

    /// The job that a claim under these rules would take first at this instant; nothing is changed.
    func peek(_ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp) async throws(QueueError) -> JobRecord?

    /// Why a job is not running now, as a claim by a worker under these rules would see it; `nil` if no job has the id.
    ///
    /// What the store can't know, such as whether the worker runs, is left to the caller. Nothing is changed.
    func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation?

    /// All attempts at a job, the first first; the last may be running.
    func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt]

    /// Returns the jobs that are related to a job, by id; none if the job is unknown.
    func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID]

    /// The types of active jobs, with the number of each, but for those that the caller knows.
    ///
    /// A store should not count the jobs of those, of which there may be a million: a queue asks when it starts.
    func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int]

    /// Returns tag keys or the values of one, with the number of active and ended jobs that have each.
    ///
    /// They are ordered by their bytes, and no more than `limit` are returned. The cost must grow with the number of jobs that
    /// have these tags, not with the number of all jobs.
    func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [Tag.Count]

    /// What has become of the jobs of a type, or with `nil` of each type of which something was counted, by the bytes of their names
    /// (rule Q2).
    ///
    /// Every claim and every end of a job counts, in its own transaction, as ``TypeTally`` says; deleting jobs changes nothing. The cost
    /// grows with the number of types alone. Throughput is as of the instant.
    ///
    /// Shown by the checks `statistics`.
    func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics]

    /// How the store stands, read at one instant: counts by state, type and group, the oldest pending job, the rates of rules with
    /// their tokens, holds, schedules and workers (rule Q2). Nothing is changed.
    ///
    /// The cost may grow with the number of jobs, as that of ``counts()`` does.
    ///
    /// Shown by the checks `snapshots`.
    func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot

    /// The holds that lie on the store, with those that have lifted themselves left out.
    func pauses(at now: Timestamp) async throws(QueueError) -> [Pause]
}

/// The role of a store towards its upkeep.
public protocol MaintainingStore: Sendable {
    /// Deletes ended jobs that the policy does not keep, the oldest first, at most `limit` of them. Returns how many.
    ///
    /// A job on which an active job still depends, and a child of an active parent, are kept.
    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int

    /// Ends jobs that have expired and do not run, the first to expire first, at most `limit` of them, in one transaction (rule Q7).
    ///
    /// Pending, blocked, waiting and paused jobs are ended, with all that follows: their children expire with them. What runs goes on.
    /// The cost grows with the number of jobs that are ended, and with that of running ones that have expired.
    ///
    /// Shown by the checks `expiring`.
    func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep

    /// Returns when all that was committed before the call is on disk, whatever the store's durability (rule C11).
    func flush() async throws(QueueError)

    /// What is wrong with the stored data, one sentence each with the ids concerned; empty if all invariants hold.
    func check() async throws(QueueError) -> [String]

    /// Closes the store, after operations that are under way. Later calls throw ``QueueError/Code/closed``. May be called again.
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

    /// The types of active jobs, with the number of each.
    public func activeTypes() async throws(QueueError) -> [JobType: Int] { try await activeTypes(besides: []) }
}
