public import QueueModel
import QueueTesting

/// Calls that only look go past the journal, and do not wait for calls that write.
extension JournalStore {
    /// Calls `body` after each call that was journalled and done, and that others may want to know of.
    public nonisolated func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        state.observe(body)
    }

    /// The job with an id.
    public nonisolated func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await state.job(id)
    }

    /// A page of the jobs that a query means.
    public nonisolated func jobs(_ query: JobQuery) async throws(QueueError) -> JobPage {
        try await state.jobs(query)
    }

    /// The number of jobs that a query means.
    public nonisolated func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await state.count(query)
    }

    /// The number of jobs in each state.
    public nonisolated func counts() async throws(QueueError) -> StateCounts {
        try await state.counts()
    }

    /// The job that a claim would take first.
    public nonisolated func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobRecord? {
        try await state.peek(rules, worker: worker, at: now)
    }

    /// Why a job is not running now.
    public nonisolated func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) async throws(QueueError) -> JobExplanation? {
        try await state.explain(id, rules, worker: worker, at: now)
    }

    /// All attempts at a job.
    public nonisolated func attempts(of id: JobID) async throws(QueueError) -> [AttemptRecord] {
        try await state.attempts(of: id)
    }

    /// What a job depends on.
    public nonisolated func dependencies(of id: JobID) async throws(QueueError) -> [JobID] {
        try await state.dependencies(of: id)
    }

    /// What depends on a job.
    public nonisolated func dependents(of id: JobID) async throws(QueueError) -> [JobID] {
        try await state.dependents(of: id)
    }

    /// The types of active jobs, with the number of each.
    public nonisolated func activeTypes() async throws(QueueError) -> [JobType: Int] {
        try await state.activeTypes()
    }

    /// The values of a tag key, with the number of jobs that have each.
    public nonisolated func tagValues(
        of key: String, after value: String?, limit: Int
    ) async throws(QueueError) -> [TagCount] {
        try await state.tagValues(of: key, after: value, limit: limit)
    }

    /// The tag keys that begin with a prefix, with the number of jobs that have each.
    public nonisolated func tagKeys(
        prefix: String, after key: String?, limit: Int
    ) async throws(QueueError) -> [TagCount] {
        try await state.tagKeys(prefix: prefix, after: key, limit: limit)
    }

    /// The holds that lie on the store.
    public nonisolated func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await state.pauses(at: now)
    }

    /// The schedule with a name.
    public nonisolated func schedule(_ id: ScheduleID) async throws(QueueError) -> ScheduleRecord? {
        try await state.schedule(id)
    }

    /// All schedules by name.
    public nonisolated func schedules() async throws(QueueError) -> [ScheduleRecord] {
        try await state.schedules()
    }

    /// What is due of schedules, and when more will be.
    public nonisolated func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda
    {
        try await state.agenda(of: types, at: now)
    }
}
