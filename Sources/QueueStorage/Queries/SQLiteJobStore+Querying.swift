public import QueueModel
public import QueueStoreKit

extension SQLiteJobStore {
    /// The job with an id.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await core.read { (session) throws(QueueError) in try session.record(id.rawValue) }
    }

    /// A page of the jobs that a query means.
    public func jobs(_ query: JobQuery) async throws(QueueError) -> JobQuery.Page {
        try query.validate()
        return try await core.read { (session) throws(QueueError) in try JobQueries(session).jobs(query) }
    }

    /// A page of the ids of the jobs that a query means.
    public func ids(_ query: JobQuery) async throws(QueueError) -> JobQuery.IDPage {
        try query.validate()
        return try await core.read { (session) throws(QueueError) in try JobQueries(session).ids(query) }
    }

    /// The number of jobs that a query means.
    public func count(_ query: JobQuery) async throws(QueueError) -> Int {
        try await core.read { (session) throws(QueueError) in try JobQueries(session).count(query) }
    }

    /// The number of jobs in each state; counted from indexes, about 30 ms a million jobs.
    public func counts() async throws(QueueError) -> StateCounts {
        try await core.read { (session) throws(QueueError) in try JobCounts(session).counts() }
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
    public func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt] {
        try await core.read { (session) throws(QueueError) in try AttemptHistory(session).attempts(of: id.rawValue) }
    }

    /// Returns the jobs that are related to a job, by id.
    public func related(to id: JobID, by relation: JobRelation) async throws(QueueError) -> [JobID] {
        try await core.read { (session) throws(QueueError) in
            switch relation {
            case .dependencies: try session.dependencies(of: id.rawValue).map { JobID($0) }
            case .dependents: try session.ids(.dependentsOf, id.rawValue).map { JobID($0) }
            }
        }
    }

    /// The types of active jobs, with the number of each, but for those that the caller knows.
    public func activeTypes(besides known: Set<JobType>) async throws(QueueError) -> [JobType: Int] {
        try await core.read { (session) throws(QueueError) in try JobCounts(session).activeTypes(besides: known) }
    }

    /// Returns tag keys or the values of one, with the number of jobs that have each.
    public func tags(_ query: TagQuery, limit: Int) async throws(QueueError) -> [Tag.Count] {
        try await core.read { (session) throws(QueueError) in try TagQueries(session).tags(query, limit: limit) }
    }

    /// What has become of the jobs of types: a row each.
    public func statistics(of type: JobType?, at now: Timestamp) async throws(QueueError) -> [TypeStatistics] {
        guard let readers = core.readers else {
            return try await core.perform(StatisticsOperation(type: type, now: now))
        }
        return try readers.read { (session) throws(QueueError) in
            try StatisticsReader(session).statistics(of: type, at: now)
        }
    }

    /// The status of the store, from one snapshot of the database.
    ///
    /// Ready and ended jobs are counted from their indexes alone, about 12 ms for 100 000; of those that are blocked,
    /// waiting, set aside or not due the rows are looked at, about 75 ms for as many, and of running ones, too.
    public func snapshot(of rules: AdmissionRules, at now: Timestamp) async throws(QueueError) -> StoreSnapshot {
        try await core.read { (session) throws(QueueError) in try SnapshotReader(session).snapshot(of: rules, at: now) }
    }

    /// The pauses that are in force.
    public func pauses(at now: Timestamp) async throws(QueueError) -> [Pause] {
        try await core.read { (session) throws(QueueError) in try session.pauses().filter { $0.isInForce(at: now) } }
    }
}
