public import QueueModel
public import QueueStoreKit
import Synchronization

/// A store that keeps its jobs in memory: the reference that other stores are compared with, and a fast store for
/// tests.
///
/// It follows every rule of ``JobStore``. Its jobs are lost when the last reference to it is released. ``reopened()``
/// simulates closing and opening a file, ``crash(_:hostWentDown:)`` the death of a worker. Claiming a job takes time
/// proportional to the number of lanes, that is of combinations of type, group, priority and ``IOSize`` of ready jobs.
public final class MemoryJobStore: JobStore {
    private struct Observer: Sendable {
        var id: Int
        var body: @Sendable (StoreSignal) -> Void
    }

    private struct Shared {
        var state: MemoryState
        var isClosed = false
        var observers: [Observer] = []
        var lastObserver = 0
    }

    private let shared: Mutex<Shared>

    /// Creates an empty store.
    public init() {
        shared = Mutex(Shared(state: MemoryState()))
    }

    private init(_ state: MemoryState) {
        shared = Mutex(Shared(state: state))
    }

    /// Closes this store and returns another with the same contents, like closing and opening a file.
    public func reopened() -> MemoryJobStore {
        MemoryJobStore(
            shared.withLock {
                $0.isClosed = true
                return $0.state
            })
    }

    /// Declares a worker dead, as if its process had crashed; ``recover(at:maximumCrashes:)`` then recovers its jobs.
    ///
    /// - Parameters:
    ///   - worker: The worker.
    ///   - hostWentDown: Whether the host went down with it, so that no job is blamed for the crash.
    public func crash(_ worker: WorkerID, hostWentDown: Bool = false) {
        shared.withLock { $0.state.workers.crash(worker, hostWentDown ? .hostWentDown : .crash) }
    }

    /// The values that ``MemoryEffect``s have written.
    public var values: [String: [UInt8]] { shared.withLock { $0.state.values } }

    // MARK: Access

    private func read<Answer: Sendable>(
        _ body: (borrowing MemoryState) throws(QueueError) -> Answer
    ) throws(QueueError) -> Answer {
        try shared.withLock { (shared) throws(QueueError) -> Answer in
            try Self.checkOpen(shared)
            return try body(shared.state)
        }
    }

    /// Performs an operation under the lock, then notifies the observers of its changes.
    private func write<Answer: Sendable>(
        _ body: (inout MemoryState, inout CommitReport) throws(QueueError) -> Answer
    ) throws(QueueError) -> Answer {
        let (answer, report, observers) = try shared.withLock {
            (shared) throws(QueueError) -> (Answer, CommitReport, [Observer]) in
            try Self.checkOpen(shared)
            var report = CommitReport()
            let answer = try body(&shared.state, &report)
            return (answer, report, shared.observers)
        }
        for observer in observers {
            if !report.stops.isEmpty { observer.body(.stop(report.stops)) }
            if report.changedPauses { observer.body(.pauses) }
            if let work = report.work { observer.body(.work(work)) }
            if report.changedSchedules { observer.body(.schedules) }
        }
        return answer
    }

    private static func checkOpen(_ shared: borrowing Shared) throws(QueueError) {
        if shared.isClosed { throw QueueError(.closed, "the store is closed") }
    }
}

// MARK: - SubmittingStore

extension MemoryJobStore {
    /// Stores a job.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try write { (state, report) throws(QueueError) in try state.submit(submission, at: now, &report) }
    }

    /// Stores a batch as a whole or not at all.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try write { (state, report) throws(QueueError) in try state.submit(contentsOf: batch, at: now, &report) }
    }
}

// MARK: - DispatchingStore

extension MemoryJobStore {
    /// Opens a worker with a lease.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try write { (state, _) in state.workers.open(lease: lease, at: now) }
    }

    /// Renews a lease and returns the jobs to stop.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try write { (state, _) in state.renewLease(of: worker, at: now) }
    }

    /// Ends a lease and releases the jobs that run under it.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try write { (state, report) in state.closeWorker(worker, at: now, &report) }
    }

    /// Recovers the jobs of dead workers.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try write { (state, report) in
            state.recover(at: now, maximumCrashes: maximumCrashes, &report)
            return report.changes
        }
    }

    /// Records completions, then claims.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try write { (state, report) throws(QueueError) in
            try state.turn(finishing: completions, claiming: request, at: now, &report)
        }
    }

    /// Whether an effect is a ``MemoryEffect``.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        effect is MemoryEffect
    }

    /// Saves bytes for the next attempt.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try write { (state, _) throws(QueueError) in try state.jobs.saveCheckpoint(bytes, of: id, attempt: attempt) }
    }

    /// Calls `body` with a signal after each commit that concerns observers.
    public func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        let id = shared.withLock { shared in
            shared.lastObserver += 1
            shared.observers.append(Observer(id: shared.lastObserver, body: body))
            return shared.lastObserver
        }
        return StoreObservation { [weak self] in
            self?.shared.withLock { $0.observers.removeAll { $0.id == id } }
        }
    }
}

// MARK: - ControllingStore

extension MemoryJobStore {
    /// Cancels a job, with its children and, as their policies say, its dependents.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try write { (state, report) in state.cancel(id, at: now, &report) }
    }

    /// Submits a copy of an ended job.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try write { (state, report) throws(QueueError) in try state.resubmit(id, at: now, &report) }
    }

    /// Applies an action to the jobs that match a query.
    public func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        try BulkStep.validate(action, query, limit: limit)
        return try write { (state, report) throws(QueueError) in
            state.apply(action, to: query, from: cursor, limit: limit, at: now, &report)
        }
    }

    /// Adds or replaces a pause.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try write { (state, report) in state.pauses.add(pause, at: now, &report) }
    }

    /// Lifts one pause, or all pauses, of a target.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try write { (state, report) in state.pauses.remove(target, reason: reason, at: now, &report) }
    }

    /// Resets the statistics of a type, or of all types.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try write { (state, _) in state.statistics.reset(type) }
    }

    /// Deletes an ended job.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try write { (state, _) throws(QueueError) in try state.jobs.deleteEnded(id) }
    }
}

// MARK: - QueryingStore

extension MemoryJobStore {
    /// Returns the job with an id.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try read { $0.jobs[id]?.record }
    }

    /// Returns a page of the jobs that match a query.
    public func jobs(_ query: JobQuery) async throws(QueueError) -> JobQuery.Page {
        try query.validate()
        return try read { $0.jobs.page(of: query) }
    }

    /// Returns a page of the ids of the jobs that match a query.
    public func ids(_ query: JobQuery) async throws(QueueError) -> JobQuery.IDPage {
        let page = try await jobs(query)
        return JobQuery.IDPage(ids: page.jobs.map(\.id), next: page.next)
    }

    /// Returns the number of jobs that match a query.
    public func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try read { $0.jobs.matches(query).count }
    }

    /// Returns the number of jobs in each state.
    public func counts() async throws(QueueError) -> StateCounts {
        try read { $0.jobs.counts() }
    }

    /// Returns the job that a claim would take first.
    public func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try read { $0.peek(rules, worker: worker, at: now) }
    }

    /// Explains why a job is not running now.
    public func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try read { $0.explain(id, rules, worker: worker, at: now) }
    }

    /// Returns all attempts at a job.
    public func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt] {
        try read { $0.jobs[id]?.attempts ?? [] }
    }

    /// Returns the jobs that are related to a job, by id.
    public func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID] {
        try read {
            switch relation {
            case .dependencies: $0.jobs[id]?.dependencies ?? []
            case .dependents: $0.jobs.dependents[id]?.keys ?? []
            }
        }
    }

    /// Returns the types of active jobs that the caller does not know, with the number of jobs of each.
    public func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int] {
        try read { $0.jobs.activeTypes(besides: known) }
    }

    /// Returns tag keys or the values of one, with the number of jobs that have each.
    public func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [Tag.Count] {
        try read {
            switch query {
            case .values(let key, let value): $0.jobs.tagValues(of: key, after: value, limit: limit)
            case .keys(let prefix, let key): $0.jobs.tagKeys(prefix: prefix, after: key, limit: limit)
            }
        }
    }

    /// Returns the statistics of a type, or of all types.
    public func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics] {
        try read { $0.statistics.statistics(of: type, at: now) }
    }

    /// Returns a snapshot of the store; visits all jobs.
    public func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot {
        try read { $0.snapshot(of: rules, at: now) }
    }

    /// Returns the pauses in force.
    public func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try read { $0.pauses.inForce(at: now) }
    }
}

// MARK: - SchedulingStore

extension MemoryJobStore {
    /// Registers a schedule.
    public func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try write { (state, report) in state.schedules.register(schedule, job, first: first, at: now, &report) }
    }

    /// Returns the schedule with a name, or all schedules by name.
    public func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord] {
        try read {
            guard let id else { return $0.schedules.all }
            return $0.schedules[id].map { [$0] } ?? []
        }
    }

    /// Pauses or resumes a schedule.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try write { (state, report) throws(QueueError) in
            try state.schedules.setPaused(isPaused, id, at: now, &report)
        }
    }

    /// Removes a schedule.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal {
        try write { (state, report) throws(QueueError) in
            try state.remove(schedule: id, cancellingJob: cancellingJob, at: now, &report)
        }
    }

    /// Returns the due occurrences of schedules, and when the next one is due.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try read { $0.schedules.agenda(of: types, at: now) }
    }

    /// Fires occurrences, each once.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try write { (state, report) in firings.map { state.fire($0, at: now, &report) } }
    }
}

// MARK: - MaintainingStore

extension MemoryJobStore {
    /// Deletes ended jobs that the policy does not keep.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try write { (state, _) in state.prune(policy, limit: limit, at: now) }
    }

    /// Ends jobs that have expired.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try write { (state, report) in state.expire(limit: limit, at: now, &report) }
    }

    /// Returns immediately, since everything is in memory.
    public func flush() async throws(QueueError) {
        try read { _ in }
    }

    /// Returns the faults of the stored data, one sentence each.
    public func check() async throws(QueueError) -> [String] {
        try read { $0.check() }
    }

    /// Closes the store.
    public func close() async {
        shared.withLock { $0.isClosed = true }
    }
}
