public import QueueModel
public import QueueStoreKit

/// A store that forwards every call to another: for stores that log, count, translate or intercept calls.
///
/// A conforming type provides ``base`` and implements the requirements that it intercepts. The default implementation
/// of every other requirement calls the same one of ``base``.
public protocol ForwardingStore: JobStore {
    /// The store that does the work.
    var base: any JobStore { get }
}

extension ForwardingStore {
    /// Asks ``base``.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await base.turn(finishing: completions, claiming: request, at: now)
    }

    /// Asks ``base``.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await base.submit(submission, at: now)
    }

    /// Asks ``base``.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await base.submit(contentsOf: batch, at: now)
    }

    /// Asks ``base``.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try await base.openWorker(lease: lease, at: now)
    }

    /// Asks ``base``.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try await base.renewLease(of: worker, at: now)
    }

    /// Asks ``base``.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await base.closeWorker(worker, at: now)
    }

    /// Asks ``base``.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await base.recover(at: now, maximumCrashes: maximumCrashes)
    }

    /// Asks ``base``.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        base.accepts(effect)
    }

    /// Asks ``base``.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await base.saveCheckpoint(bytes, of: id, attempt: attempt)
    }

    /// Asks ``base``.
    public func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        base.observe(body)
    }

    /// Asks ``base``.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try await base.cancel(id, at: now)
    }

    /// Asks ``base``.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await base.resubmit(id, at: now)
    }

    /// Asks ``base``.
    public func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        try await base.apply(action, to: query, from: cursor, limit: limit, at: now)
    }

    /// Asks ``base``.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await base.pause(pause, at: now)
    }

    /// Asks ``base``.
    public func resume(_ target: Pause.Target, reason: String?, at now: Timestamp) async throws(QueueError) -> Bool {
        try await base.resume(target, reason: reason, at: now)
    }

    /// Asks ``base``.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try await base.resetStatistics(of: type)
    }

    /// Asks ``base``.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await base.deleteEnded(id)
    }

    /// Asks ``base``.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await base.job(id)
    }

    /// Asks ``base``.
    public func jobs(_ query: JobQuery) async throws(QueueError) -> JobQuery.Page {
        try await base.jobs(query)
    }

    /// Asks ``base``.
    public func ids(_ query: JobQuery) async throws(QueueError) -> JobQuery.IDPage {
        try await base.ids(query)
    }

    /// Asks ``base``.
    public func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await base.count(query)
    }

    /// Asks ``base``.
    public func counts() async throws(QueueError) -> StateCounts {
        try await base.counts()
    }

    /// Asks ``base``.
    public func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try await base.peek(rules, worker: worker, at: now)
    }

    /// Asks ``base``.
    public func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await base.explain(id, rules, worker: worker, at: now)
    }

    /// Asks ``base``.
    public func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt] {
        try await base.attempts(of: id)
    }

    /// Asks ``base``.
    public func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID] {
        try await base.related(to: id, by: relation)
    }

    /// Asks ``base``.
    public func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int] {
        try await base.activeTypes(besides: known)
    }

    /// Asks ``base``.
    public func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [Tag.Count] {
        try await base.tags(query, limit: limit)
    }

    /// Asks ``base``.
    public func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics] {
        try await base.statistics(of: type, at: now)
    }

    /// Asks ``base``.
    public func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot {
        try await base.snapshot(of: rules, at: now)
    }

    /// Asks ``base``.
    public func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await base.pauses(at: now)
    }

    /// Asks ``base``.
    public func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try await base.register(schedule, job, first: first, at: now)
    }

    /// Asks ``base``.
    public func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord] {
        try await base.schedules(named: id)
    }

    /// Asks ``base``.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await base.setPaused(isPaused, schedule: id, at: now)
    }

    /// Asks ``base``.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal {
        try await base.remove(schedule: id, cancellingJob: cancellingJob, at: now)
    }

    /// Asks ``base``.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await base.agenda(of: types, at: now)
    }

    /// Asks ``base``.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await base.fire(firings, at: now)
    }

    /// Asks ``base``.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await base.prune(policy, limit: limit, at: now)
    }

    /// Asks ``base``.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try await base.expire(limit: limit, at: now)
    }

    /// Asks ``base``.
    public func flush() async throws(QueueError) {
        try await base.flush()
    }

    /// Asks ``base``.
    public func check() async throws(QueueError) -> [String] {
        try await base.check()
    }

    /// Asks ``base``.
    public func close() async {
        await base.close()
    }
}
