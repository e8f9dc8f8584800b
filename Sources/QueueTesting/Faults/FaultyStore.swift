public import QueueModel
public import QueueStoreKit
import Synchronization

/// A store that injects failures into the calls of another.
///
///     let store = FaultyStore(MemoryJobStore())
///     store.add(Fault(.operation(.turn), call: 2, .after, throwing: QueueError(.busy, "locked", isTransient: true)))
///
/// Each fault counts the calls of its target from when it is added. If several are due at a call, the first one added
/// is thrown. ``observe(_:)``, ``accepts(_:)`` and ``close()`` never fail.
public final class FaultyStore: JobStore {
    /// A fault with the number of calls that it has counted.
    struct Armed: Sendable {
        var fault: Fault
        var seen = 0
    }

    /// The pending faults and the calls so far.
    struct Script: Sendable {
        var faults: [Armed] = []
        var calls: [Fault.Operation: Int] = [:]
    }

    /// The store that does the work.
    public let base: any JobStore
    private let gate: (any CallGate)?
    private let script = Mutex(Script())

    /// Creates a store with faults.
    public convenience init(_ base: any JobStore, faults: [Fault] = []) {
        self.init(base, gate: nil, faults: faults)
    }

    /// Creates a store whose calls pass a gate.
    init(_ base: any JobStore, gate: (any CallGate)?, faults: [Fault] = []) {
        self.base = base
        self.gate = gate
        for fault in faults { add(fault) }
    }

    /// Adds a fault, which counts calls from now on.
    public func add(_ fault: Fault) {
        script.withLock { $0.faults.append(Armed(fault: fault)) }
    }

    /// Removes all faults.
    public func removeFaults() {
        script.withLock { $0.faults = [] }
    }

    /// Returns the number of calls of an operation, including failed ones.
    public func calls(of operation: Fault.Operation) -> Int {
        script.withLock { $0.calls[operation, default: 0] }
    }

    private func perform<Answer: Sendable>(
        _ operation: Fault.Operation, _ body: () async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer {
        guard let gate else { return try await performInside(operation, body) }
        return try await gate.pass(operation) { () async throws(QueueError) in
            try await performInside(operation, body)
        }
    }

    private func performInside<Answer: Sendable>(
        _ operation: Fault.Operation, _ body: () async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer {
        let due = script.withLock { $0.call(operation) }
        if let due, due.moment == .before { throw due.error }
        let answer = try await body()
        if let due { throw due.error }
        return answer
    }
}

/// A gate that delays or rejects the calls of a store.
protocol CallGate: Sendable {
    /// Makes a call, or throws instead.
    func pass<Answer: Sendable>(
        _ operation: Fault.Operation, _ body: () async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer
}

extension FaultyStore.Script {
    /// Counts a call and returns the fault that is due at it.
    mutating func call(_ operation: Fault.Operation) -> Fault? {
        calls[operation, default: 0] += 1
        var due: Fault?
        for index in faults.indices where faults[index].fault.target.counts(operation) {
            faults[index].seen += 1
            if due == nil, faults[index].fault.calls.contains(faults[index].seen) { due = faults[index].fault }
        }
        return due
    }
}

// MARK: - SubmittingStore

extension FaultyStore {
    /// Stores a job.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await perform(.submit) { () async throws(QueueError) in try await base.submit(submission, at: now) }
    }

    /// Stores a batch as a whole or not at all.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await perform(.submitBatch) { () async throws(QueueError) in
            try await base.submit(contentsOf: batch, at: now)
        }
    }
}

// MARK: - DispatchingStore

extension FaultyStore {
    /// Opens a worker with a lease.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try await perform(.openWorker) { () async throws(QueueError) in
            try await base.openWorker(lease: lease, at: now)
        }
    }

    /// Renews a lease and returns the jobs to stop.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try await perform(.renewLease) { () async throws(QueueError) in
            try await base.renewLease(of: worker, at: now)
        }
    }

    /// Ends a lease and releases the jobs that run under it.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await perform(.closeWorker) { () async throws(QueueError) in
            try await base.closeWorker(worker, at: now)
        }
    }

    /// Recovers the jobs of dead workers.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await perform(.recover) { () async throws(QueueError) in
            try await base.recover(at: now, maximumCrashes: maximumCrashes)
        }
    }

    /// Records completions, then claims.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await perform(.turn) { () async throws(QueueError) in
            try await base.turn(finishing: completions, claiming: request, at: now)
        }
    }

    /// Whether the underlying store accepts an effect; never fails.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        base.accepts(effect)
    }

    /// Saves bytes for the next attempt.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await perform(.saveCheckpoint) { () async throws(QueueError) in
            try await base.saveCheckpoint(bytes, of: id, attempt: attempt)
        }
    }

    /// Calls `body` with a signal after each commit that concerns observers.
    public func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        base.observe(body)
    }
}

// MARK: - ControllingStore

extension FaultyStore {
    /// Cancels a job, with its children and, as their policies say, its dependents.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try await perform(.cancel) { () async throws(QueueError) in try await base.cancel(id, at: now) }
    }

    /// Submits a copy of an ended job.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await perform(.resubmit) { () async throws(QueueError) in try await base.resubmit(id, at: now) }
    }

    /// Applies an action to the jobs that match a query.
    public func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        try await perform(.apply) { () async throws(QueueError) in
            try await base.apply(action, to: query, from: cursor, limit: limit, at: now)
        }
    }

    /// Adds or replaces a pause.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await perform(.pause) { () async throws(QueueError) in try await base.pause(pause, at: now) }
    }

    /// Lifts one pause, or all pauses, of a target.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await perform(.resume) { () async throws(QueueError) in
            try await base.resume(target, reason: reason, at: now)
        }
    }

    /// Resets the statistics of a type, or of all types.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try await perform(.resetStatistics) { () async throws(QueueError) in try await base.resetStatistics(of: type) }
    }

    /// Deletes an ended job.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await perform(.deleteEnded) { () async throws(QueueError) in try await base.deleteEnded(id) }
    }
}

// MARK: - QueryingStore

extension FaultyStore {
    /// Returns the job with an id.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await perform(.job) { () async throws(QueueError) in try await base.job(id) }
    }

    /// Returns a page of the jobs that match a query.
    public func jobs(_ query: JobQuery) async throws(QueueError) -> JobQuery.Page {
        try await perform(.jobs) { () async throws(QueueError) in try await base.jobs(query) }
    }

    /// Returns a page of the ids of the jobs that match a query.
    public func ids(_ query: JobQuery) async throws(QueueError) -> JobQuery.IDPage {
        try await perform(.ids) { () async throws(QueueError) in try await base.ids(query) }
    }

    /// Returns the number of jobs that match a query.
    public func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await perform(.count) { () async throws(QueueError) in try await base.count(query) }
    }

    /// Returns the number of jobs in each state.
    public func counts() async throws(QueueError) -> StateCounts {
        try await perform(.counts) { () async throws(QueueError) in try await base.counts() }
    }

    /// Returns the job that a claim would take first.
    public func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try await perform(.peek) { () async throws(QueueError) in
            try await base.peek(rules, worker: worker, at: now)
        }
    }

    /// Explains why a job is not running now.
    public func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await perform(.explain) { () async throws(QueueError) in
            try await base.explain(id, rules, worker: worker, at: now)
        }
    }

    /// Returns all attempts at a job.
    public func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt] {
        try await perform(.attempts) { () async throws(QueueError) in try await base.attempts(of: id) }
    }

    /// Returns the jobs that are related to a job.
    public func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID] {
        try await perform(.related) { () async throws(QueueError) in try await base.related(to: id, by: relation) }
    }

    /// Returns the types of active jobs, with the number of jobs of each.
    public func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int] {
        try await perform(.activeTypes) { () async throws(QueueError) in try await base.activeTypes(besides: known) }
    }

    /// Returns tag keys or the values of one.
    public func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [Tag.Count] {
        try await perform(.tags) { () async throws(QueueError) in try await base.tags(query, limit: limit) }
    }

    /// Returns the statistics of a type, or of all types.
    public func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics] {
        try await perform(.statistics) { () async throws(QueueError) in try await base.statistics(of: type, at: now) }
    }

    /// Returns a snapshot of the store.
    public func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot {
        try await perform(.snapshot) { () async throws(QueueError) in try await base.snapshot(of: rules, at: now) }
    }

    /// Returns the pauses in force.
    public func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await perform(.pauses) { () async throws(QueueError) in try await base.pauses(at: now) }
    }
}

// MARK: - SchedulingStore

extension FaultyStore {
    /// Registers a schedule.
    public func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try await perform(.register) { () async throws(QueueError) in
            try await base.register(schedule, job, first: first, at: now)
        }
    }

    /// Returns the schedule with a name, or all schedules by name.
    public func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord] {
        try await perform(.schedules) { () async throws(QueueError) in try await base.schedules(named: id) }
    }

    /// Pauses or resumes a schedule.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await perform(.setPaused) { () async throws(QueueError) in
            try await base.setPaused(isPaused, schedule: id, at: now)
        }
    }

    /// Removes a schedule.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal {
        try await perform(.removeSchedule) { () async throws(QueueError) in
            try await base.remove(schedule: id, cancellingJob: cancellingJob, at: now)
        }
    }

    /// Returns the due occurrences of schedules, and when the next one is due.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await perform(.agenda) { () async throws(QueueError) in try await base.agenda(of: types, at: now) }
    }

    /// Fires occurrences, each once.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await perform(.fire) { () async throws(QueueError) in try await base.fire(firings, at: now) }
    }
}

// MARK: - MaintainingStore

extension FaultyStore {
    /// Deletes ended jobs that the policy does not keep.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await perform(.prune) { () async throws(QueueError) in
            try await base.prune(policy, limit: limit, at: now)
        }
    }

    /// Ends jobs that have expired.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try await perform(.expire) { () async throws(QueueError) in try await base.expire(limit: limit, at: now) }
    }

    /// Waits until everything that was committed is on disk.
    public func flush() async throws(QueueError) {
        try await perform(.flush) { () async throws(QueueError) in try await base.flush() }
    }

    /// Returns the faults of the stored data, one sentence each.
    public func check() async throws(QueueError) -> [String] {
        try await perform(.check) { () async throws(QueueError) in try await base.check() }
    }

    /// Closes the store.
    public func close() async {
        await base.close()
    }
}
