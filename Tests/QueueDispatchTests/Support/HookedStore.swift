import QueueModel
import QueueTesting

/// A store that lets a test step in before a turn takes effect, and before its answer is given.
final class HookedStore: JobStore {
    typealias Hook = @Sendable ([Completion], ClaimRequest?) async throws(QueueError) -> Void

    let base: any JobStore
    private let before: Hook
    private let after: Hook
    /// Whether nobody hears of its signals.
    private let isDeaf: Bool

    init(
        _ base: any JobStore, isDeaf: Bool = false, before: @escaping Hook = { _, _ in },
        after: @escaping Hook = { _, _ in }
    ) {
        self.base = base
        self.isDeaf = isDeaf
        self.before = before
        self.after = after
    }

    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await before(completions, request)
        let result = try await base.turn(finishing: completions, claiming: request, at: now)
        try await after(completions, request)
        return result
    }
}

// MARK: - What passes through

extension HookedStore {
    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await base.submit(submission, at: now)
    }

    func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try await base.submit(contentsOf: batch, at: now)
    }

    func openWorker(lease: Duration, at now: Timestamp) async throws(QueueError) -> WorkerID {
        try await base.openWorker(lease: lease, at: now)
    }

    func renewLease(of worker: WorkerID, at now: Timestamp) async throws(QueueError) -> LeaseRenewal {
        try await base.renewLease(of: worker, at: now)
    }

    func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await base.closeWorker(worker, at: now)
    }

    func recover(at now: Timestamp, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await base.recover(at: now, maximumCrashes: maximumCrashes)
    }

    func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await base.saveCheckpoint(bytes, of: id, attempt: attempt)
    }

    func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        isDeaf ? StoreObservation {} : base.observe(body)
    }

    func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try await base.cancel(id, at: now)
    }

    func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try await base.resubmit(id, at: now)
    }

    func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try await base.pause(pause, at: now)
    }

    func resume(_ target: Pause.Target, reason: String?, at now: Timestamp) async throws(QueueError) -> Bool {
        try await base.resume(target, reason: reason, at: now)
    }

    func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try await base.deleteEnded(id)
    }

    func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await base.job(id)
    }

    func jobs(_ query: JobQuery) async throws(QueueError) -> JobPage {
        try await base.jobs(query)
    }

    func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await base.count(query)
    }

    func counts() async throws(QueueError) -> StateCounts {
        try await base.counts()
    }

    func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try await base.peek(rules, worker: worker, at: now)
    }

    func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await base.explain(id, rules, worker: worker, at: now)
    }

    func attempts(of id: JobID) async throws(QueueError) -> [AttemptRecord] {
        try await base.attempts(of: id)
    }

    func dependencies(of id: JobID) async throws(QueueError) -> [JobID] {
        try await base.dependencies(of: id)
    }

    func dependents(of id: JobID) async throws(QueueError) -> [JobID] {
        try await base.dependents(of: id)
    }

    func activeTypes() async throws(QueueError) -> [JobType: Int] {
        try await base.activeTypes()
    }

    func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await base.pauses(at: now)
    }

    func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try await base.register(schedule, job, first: first, at: now)
    }

    func schedule(_ id: ScheduleID) async throws(QueueError) -> ScheduleRecord? {
        try await base.schedule(id)
    }

    func schedules() async throws(QueueError) -> [ScheduleRecord] {
        try await base.schedules()
    }

    func pause(schedule id: ScheduleID, at now: Timestamp) async throws(QueueError) -> Bool {
        try await base.pause(schedule: id, at: now)
    }

    func resume(schedule id: ScheduleID, at now: Timestamp) async throws(QueueError) -> Bool {
        try await base.resume(schedule: id, at: now)
    }

    func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRemoval {
        try await base.remove(schedule: id, cancellingJob: cancellingJob, at: now)
    }

    func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await base.agenda(of: types, at: now)
    }

    func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await base.fire(firings, at: now)
    }

    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await base.prune(policy, limit: limit, at: now)
    }

    func flush() async throws(QueueError) {
        try await base.flush()
    }

    func check() async throws(QueueError) -> [String] {
        try await base.check()
    }

    func close() async {
        await base.close()
    }
}
