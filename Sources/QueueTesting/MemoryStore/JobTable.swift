import QueueModel

/// All stored jobs, active and ended, with the indexes by which operations find them.
///
/// A job is in one entry for its whole life. ``update(_:at:_:)`` keeps the indexes by state in step; changes through the
/// subscript must not touch a job's state, earliest start, lane or crashes.
struct JobTable: Sendable {
    private(set) var entries: [JobID: JobEntry] = [:]
    /// The active job that has a key.
    private(set) var keys: [KeyOwner: JobID] = [:]
    /// The jobs that name a job as a dependency.
    private(set) var dependents: [JobID: SortedKeys<JobID>] = [:]
    /// Pending jobs that may start now.
    private(set) var ready = ReadyJobs()
    /// Pending jobs whose earliest start had not come when they were last looked at.
    private(set) var scheduled = SortedKeys<Start>()
    private(set) var running = SortedKeys<JobID>()
    private(set) var preempted = SortedKeys<JobID>()
    /// The last job id that was assigned.
    private(set) var lastID: Int64 = 0

    /// A unique key with the job type within which it is unique.
    struct KeyOwner: Hashable, Sendable {
        var type: JobType
        var key: UniqueKey
    }

    /// A position in the order of future starts.
    struct Start: Comparable, Sendable {
        var at: Timestamp
        var id: JobID

        static func < (left: Start, right: Start) -> Bool {
            (left.at, left.id) < (right.at, right.id)
        }
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
    var runningRecords: [JobRecord] { running.keys.compactMap { entries[$0]?.record } }

    /// Returns the jobs that a worker runs.
    func running(on worker: WorkerID) -> [JobID] {
        running.keys.filter { entries[$0]?.record.worker == worker }
    }

    /// Returns the active job that has the key of a submission.
    func keyOwner(for submission: JobSubmission) -> JobRecord? {
        guard let key = submission.key, let id = keys[KeyOwner(type: submission.type, key: key)] else { return nil }
        return entries[id]?.record
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

    /// Returns the error for an operation on a job that is not stored.
    static func unknown(_ id: JobID) -> QueueError {
        QueueError(.unknownJob, "no job has the id \(id)", jobs: [id])
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
        index(record, at: now)
        if let key = record.key { keys[KeyOwner(type: record.type, key: key)] = record.id }
        if let parent = record.parent {
            entries[parent]?.openChildren.insert(record.id)
            entries[parent]?.hadChildren = true
        }
    }

    /// Changes a job and moves it between the indexes accordingly; returns its record from before.
    mutating func update(_ id: JobID, at now: Timestamp, _ change: (inout JobEntry) -> Void) -> JobRecord? {
        guard var entry = entries.removeValue(forKey: id) else { return nil }
        let former = entry.record
        unindex(former)
        change(&entry)
        index(entry.record, at: now)
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
        while let first = scheduled.keys.first, first.at <= now {
            scheduled.remove(first)
            guard let record = entries[first.id]?.record else { continue }
            ready.insert(record)
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

    // MARK: Indexes by state

    private mutating func unindex(_ record: JobRecord) {
        switch record.state {
        case .pending:
            ready.remove(record)
            if let start = record.runAfter { scheduled.remove(Start(at: start, id: record.id)) }
        case .running:
            running.remove(record.id)
        case .preempted:
            preempted.remove(record.id)
        default:
            break
        }
    }

    private mutating func index(_ record: JobRecord, at now: Timestamp) {
        switch record.state {
        case .pending:
            if let start = record.runAfter, start > now {
                scheduled.insert(Start(at: start, id: record.id))
            } else {
                ready.insert(record)
            }
        case .running:
            running.insert(record.id)
        case .preempted:
            preempted.insert(record.id)
        default:
            break
        }
    }
}
