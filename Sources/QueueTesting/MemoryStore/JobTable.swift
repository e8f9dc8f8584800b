import QueueModel

/// All stored jobs, active and ended, with the indexes by which operations find them.
///
/// A job is in one entry for its whole life. ``update(_:at:_:)`` keeps the index by state in step; changes through
/// the subscript must not touch a job's state, earliest start, lane or crashes.
struct JobTable: Sendable {
    private(set) var entries: [JobID: JobEntry] = [:]
    /// The active job that has a key.
    private(set) var keys: [KeyOwner: JobID] = [:]
    /// The jobs that name a job as a dependency.
    private(set) var dependents: [JobID: SortedKeys<JobID>] = [:]
    /// The jobs that have not ended, by state.
    private(set) var index = JobIndex()
    /// The last job id that was assigned.
    private(set) var lastID: Int64 = 0

    /// A unique key with the job type within which it is unique.
    struct KeyOwner: Hashable, Sendable {
        var type: JobType
        var key: Uniqueness.Key
    }

    /// The entry of a job; `nil` if there is none.
    subscript(id: JobID) -> JobEntry? {
        get { entries[id] }
        // In place: a copy of a job with many dependencies or children for each of their ends would be quadratic.
        _modify { yield &entries[id] }
    }

    // MARK: Finding

    /// Whether the job is stored and has not ended.
    func isActive(_ id: JobID) -> Bool {
        entries[id].map { !$0.record.state.isTerminal } ?? false
    }

    func isRunning(_ id: JobID) -> Bool { entries[id]?.record.state == .running }

    /// The running jobs of all workers.
    var runningRecords: [JobRecord] { index.running.keys.compactMap { entries[$0]?.record } }

    /// Returns the jobs that a worker runs.
    func running(on worker: WorkerID) -> [JobID] {
        index.running.keys.filter { entries[$0]?.record.worker == worker }
    }

    /// Returns the active job that has the key of a submission.
    func keyOwner(for submission: JobSubmission) -> JobRecord? {
        guard let key = submission.key, let id = keys[KeyOwner(type: submission.type, key: key)] else { return nil }
        return entries[id]?.record
    }

    /// Whether a job is pending and its earliest start has come.
    ///
    /// A job that has become due stays so, even if the clock is set back.
    func isDue(_ record: JobRecord, at now: Timestamp) -> Bool {
        guard record.state == .pending else { return false }
        return index.ready.contains(record) || record.runAfter.map { $0 <= now } ?? true
    }

    /// Returns the groups of jobs.
    func groups(of ids: some Sequence<JobID>) -> Set<String> {
        Set(ids.compactMap { entries[$0]?.record.group })
    }

    /// Whether an active job still refers to this ended one.
    func isNeeded(_ record: JobRecord) -> Bool {
        if let parent = record.parent, isActive(parent) { return true }
        return dependents[record.id]?.keys.contains(where: isActive) ?? false
    }

    // MARK: Changing

    /// Assigns the next job id.
    mutating func nextID() -> JobID {
        lastID += 1
        return JobID(lastID)
    }

    /// Adds a new job with its key, and counts it as a child of its parent.
    mutating func insert(_ entry: JobEntry, at now: Timestamp) {
        let record = entry.record
        entries[record.id] = entry
        index.insert(record, at: now)
        if let key = record.key { keys[KeyOwner(type: record.type, key: key)] = record.id }
        if let parent = record.parent {
            entries[parent]?.openChildren.insert(record.id)
            entries[parent]?.hadChildren = true
        }
    }

    /// Changes a job and moves it within the index accordingly; returns its record from before.
    mutating func update(_ id: JobID, at now: Timestamp, _ change: (inout JobEntry) -> Void) -> JobRecord? {
        guard var entry = entries.removeValue(forKey: id) else { return nil }
        let former = entry.record
        index.remove(former)
        change(&entry)
        index.insert(entry.record, at: now)
        entries[id] = entry
        return former
    }

    /// Gives up the key of a job that ends.
    mutating func releaseKey(of record: JobRecord) {
        guard let key = record.key else { return }
        let owner = KeyOwner(type: record.type, key: key)
        if keys[owner] == record.id { keys[owner] = nil }
    }

    /// Makes the jobs ready whose earliest start has come.
    mutating func promoteDue(at now: Timestamp) {
        for id in index.takeDue(at: now) {
            if let record = entries[id]?.record { index.insert(record, at: now) }
        }
    }

    /// Saves bytes for the next attempt.
    mutating func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) throws(QueueError) {
        guard let record = entries[id]?.record, record.state == .running, record.attempt == attempt else {
            throw QueueError(.leaseLost, "attempt \(attempt) at \(id) is not the present one", jobs: [id])
        }
        entries[id]?.record.checkpoint = bytes
    }

    /// Deletes a job if it has ended; returns whether it was stored.
    mutating func deleteEnded(_ id: JobID) throws(QueueError) -> Bool {
        guard let entry = entries[id] else { return false }
        guard entry.record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(entry.record.state) and has not ended", jobs: [id])
        }
        delete(id)
        return true
    }

    /// Deletes an ended job with the record of what it depended on.
    ///
    /// Jobs that depended on it keep its id.
    mutating func delete(_ id: JobID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        for other in entry.dependencies {
            dependents[other]?.remove(id)
            if dependents[other]?.keys.isEmpty ?? false { dependents[other] = nil }
        }
    }

    /// Records the dependencies of a new job; only those that have not ended can block it.
    mutating func link(_ id: JobID, to dependencies: [Dependency], outcomes: [SubmitOutcome]) {
        guard !dependencies.isEmpty else { return }
        var others: Set<JobID> = []
        for dependency in dependencies {
            switch dependency {
            case .job(let other): others.insert(other)
            case .submission(let index): others.insert(outcomes[index].id)
            }
        }
        for other in others { dependents[other, default: SortedKeys()].insert(id) }
        // A job that was superseded within its batch waits no more.
        let open: Set<JobID> = isActive(id) ? others.filter(isActive) : []
        entries[id]?.dependencies = others.sorted()
        entries[id]?.openDependencies = open
    }
}

extension QueueError {
    /// Returns the error for an operation on a job that is not stored.
    static func unknown(_ id: JobID) -> QueueError {
        QueueError(.unknownJob, "no job has the id \(id)", jobs: [id])
    }
}
