import QueueModel
import Synchronization

@testable import QueueStorage

/// A store in a file whose submissions all go through somebody else's connection and transaction.
final class EnqueuingStore: JobStore {
    let base: SQLiteJobStore
    private let outside: Mutex<Outside>

    /// A connection that no store has opened, with a submitter on it.
    private struct Outside {
        let connection: Connection
        let submitter: TransactionalSubmitter

        init(path: String) throws(QueueError) {
            connection = try Connection(path: path, access: .readWrite)
            connection.setBusyTimeout(milliseconds: 5000)
            submitter = try TransactionalSubmitter(on: connection.handle)
        }

        /// Commits whatever a submission says: one that was refused must have left nothing behind.
        func commit<Outcome>(
            _ body: (TransactionalSubmitter) throws(QueueError) -> Outcome
        ) throws(QueueError) -> Outcome {
            try connection.execute("BEGIN IMMEDIATE")
            let outcome: Outcome
            do throws(QueueError) {
                outcome = try body(submitter)
            } catch {
                try connection.execute("COMMIT")
                throw error
            }
            try connection.execute("COMMIT")
            return outcome
        }
    }

    init(path: String) async throws {
        base = try await SQLiteJobStore(at: .file(path))
        outside = Mutex(try Outside(path: path))
    }

    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try outside.withLock { (outside) throws(QueueError) in
            try outside.commit { (submitter) throws(QueueError) in try submitter.submit(submission, at: now) }
        }
    }

    func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try outside.withLock { (outside) throws(QueueError) in
            try outside.commit { (submitter) throws(QueueError) in try submitter.submit(contentsOf: batch, at: now) }
        }
    }

    func close() async {
        outside.withLock { $0.submitter.close() }
        await base.close()
    }
}

// MARK: - What passes through

extension EnqueuingStore {
    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await base.turn(finishing: completions, claiming: request, at: now)
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
        base.observe(body)
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

    func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try await base.prune(policy, limit: limit, at: now)
    }

    func flush() async throws(QueueError) {
        try await base.flush()
    }

    func check() async throws(QueueError) -> [String] {
        try await base.check()
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

    func fire(_ firings: [ScheduleFiring], at now: Timestamp) async throws(QueueError) -> [FiringOutcome] {
        try await base.fire(firings, at: now)
    }
}
