import QueueModel

/// What the writer works with: the connection that writes, the lanes, and what an operation has caused so far.
///
/// It is used by one thread at a time, the one that has the ``Writer``. Operations are functions on it, a room (file) for
/// each kind; they run inside of a transaction and may throw at any point, after which all of it is undone.
final class StoreState {
    let session: Session
    /// Whether other connections can write too.
    let isShared: Bool
    /// Tells this store from others on the same file.
    let storeID: Int64
    let process: ProcessIdentity
    var board = LaneBoard()
    /// The jobs that the present operation has changed besides those it was called for.
    var changes: [JobChange] = []
    /// What the present operation reports to observers.
    var report = CommitReport()
    /// Whether the connection can't write: what an operation would change and undo again is changed on the board alone.
    var onlyLooks = false

    /// The last job id that was given; `nil`: to be read.
    private var lastJob: Int64?
    /// Workers that are known to have a row.
    private var openWorkers: Set<Int64> = []
    /// Whether workers of other stores may wait for a wake-up.
    private(set) var hasForeignWorkers = false
    /// The worker that will probably claim what is submitted: it makes rows as long as they will be.
    private(set) var likelyWorker: Int64 = 1
    var pauses = StoredPauses()
    /// How full the buckets of rates are.
    var buckets = TokenBuckets()
    /// What has become of the jobs of each type.
    var tallies = TypeTallies()
    /// How workers' slots were divided, from boards that are no longer valid.
    private var pastShares: [Int64: FairShare<Int64>] = [:]
    /// Jobs that have become ready in this transaction, on the board but not yet in their rows; see ``writeUnblocked()``.
    var unwritten: Set<Int64> = []
    /// The highest id of a job that another depends on or did.
    ///
    /// The ends of jobs above it need no look for dependents.
    var lastAwaited: Int64 = .max
    /// Jobs that ran here when another connection wrote, with their workers: they may have been taken away since.
    var watched: [Int64: Int64] = [:]
    /// Whether the key of the last submission that had one was taken.
    var keysAreTaken = false
    /// The holds that were noticed, by their number.
    private var seenPauses: UInt64 = 0
    /// The changes of schedules that were noticed; `nil`: none were looked for.
    var seenSchedules: Int64?
    /// SQL of the user's, once there was any.
    var user: UserSQL?
    /// How long the effects of a completion may take.
    let effectTimeLimit: Duration
    /// Attempts whose effects have ended a transaction.
    var brokenEffects: [AttemptKey: EffectFailure] = [:]
    /// Tells the size of the log; `nil` without one.
    let log: LogMeter?
    private var seenVersion: UInt32 = 0
    private var schema = SchemaGuard(isBorrowed: false)

    init(
        _ session: Session, log: LogMeter?, storeID: Int64, process: ProcessIdentity,
        effectTimeLimit: Duration = .seconds(1)
    ) {
        self.session = session
        self.effectTimeLimit = effectTimeLimit
        self.log = log
        isShared = log != nil
        self.storeID = storeID
        self.process = process
    }

    /// Does beforehand what the first operations would wait for: prepares statements, and loads the board.
    ///
    /// What fails here fails again where somebody can be told of it.
    func warmUp() {
        do throws(QueueError) {
            try session.prepare(SQL.hot)
            try begin()
            try commit()
        } catch {
            board.invalidate()
        }
    }

    // MARK: Transactions

    /// Begins a transaction, and loads what is not known or no longer true.
    func begin() throws(QueueError) {
        try session.statement(.begin).run()
        do throws(QueueError) {
            if isShared, session.connection.dataVersion != seenVersion {
                try schema.check(session)
                for (id, job) in board.running.jobs where openWorkers.contains(job.worker) { watched[id] = job.worker }
                forget()
            }
            if session.names.count > 50_000 || board.lanes.count > 20_000 {
                session.names.removeAll()
                keepShares()
                board.invalidate()
            }
            if !board.isLoaded { try load() }
        } catch {
            rollback()
            throw error
        }
    }

    /// Commits; on an error the transaction is undone.
    func commit() throws(QueueError) {
        do throws(QueueError) {
            try writeBack()
            try session.statement(.commit).run()
            if isShared { seenVersion = session.connection.dataVersion }
        } catch {
            rollback()
            throw error
        }
    }

    /// Writes down what runs under the workers of which it has changed.
    func writeBack() throws(QueueError) {
        for worker in board.changedWorkers {
            let row = try session.statement(.setRunning)
            row.bind(worker, at: 1)
            row.bind(StoredText.bytes(of: board.running.ids(of: worker)), at: 2)
            try row.run()
        }
        board.changedWorkers.removeAll(keepingCapacity: true)
        if !buckets.changed.isEmpty { try storeBuckets() }
        if tallies.hasChanged { try storeTallies() }
    }

    private func storeBuckets() throws(QueueError) {
        for key in buckets.changed {
            let row = try session.statement(.setBucket)
            row.bind(key.scope, at: 1)
            row.bind(key.name, at: 2)
            row.bind(buckets.fullAt(key), at: 3)
            try row.run()
        }
        buckets.didStore()
    }

    /// Forgets buckets that are as good as new.
    func removeFullBuckets(at now: Timestamp) throws(QueueError) {
        if !buckets.changed.isEmpty { try storeBuckets() }
        let (present, overflow) = now.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        if !overflow { try session.run(.deleteFullBuckets, present) }
        buckets.removeFull(at: now)
    }

    /// Undoes the transaction.
    ///
    /// The error that led here is the one that counts, so one from the rollback is dropped.
    func rollback() {
        if session.connection.isInTransaction { try? session.statement(.rollback).run() }
        session.names.removeAll()
        seenSchedules = nil
        forget()
    }

    /// Begins in a transaction of somebody else's: nothing is known, and the board stays empty unless it is asked for.
    ///
    /// What an earlier call has learned, names included, may have been rolled back since.
    func beginBorrowed() {
        session.names.removeAll()
        forget()
        beginOperation()
    }

    /// Begins an operation, which has caused nothing yet.
    func beginOperation() {
        changes = []
        report = CommitReport()
    }

    /// Loads the board if it was not loaded with the transaction.
    func loadIfNeeded() throws(QueueError) {
        if !board.isLoaded { try load() }
    }

    private func forget() {
        keepShares()
        board.invalidate()
        buckets = TokenBuckets()
        tallies = TypeTallies()
        unwritten = []
        lastJob = nil
        openWorkers = []
    }

    /// Keeps what a new board can't know: the table does not say who had how much.
    private func keepShares() {
        for (worker, shares) in board.shares { pastShares[worker] = shares }
    }

    /// How a worker's slots were divided so far.
    func shares(of worker: Int64) -> FairShare<Int64> {
        board.shares(of: worker) ?? pastShares[worker] ?? FairShare()
    }

    /// Gives the connection up.
    ///
    /// Nothing may be called afterwards.
    func close() {
        user?.close()
        user = nil
        session.close()
    }

    // MARK: Loading

    private func load() throws(QueueError) {
        var heads: [(LaneKey, Int64)] = []
        let next = try session.statement(.nextLane)
        defer { next.reset() }
        var last = LaneKey(type: 0, group: -1, priority: 0)
        while true {
            next.bind(last.type, at: 1)
            next.bind(last.group, at: 2)
            next.bind(last.priority, at: 3)
            next.bind(Int64(last.io.rawValue) + 1, at: 4)
            guard try next.step() else { break }
            let lane = try Session.lane(next, from: 0, of: next.int64(4))
            // A value of another kind, which a damaged file has, sorts elsewhere than its number, and would come again for ever.
            guard last.isBefore(lane) else { throw Session.invalid("priority", next.int64(4)) }
            last = lane
            heads.append((last, next.int64(4)))
            next.reset()
            try know(last)
        }
        var running = RunningJobs()
        for (id, worker) in try session.running() {
            guard let head = try head(id), head.isRunning, head.worker == worker else {
                throw QueueError(
                    .corrupt, "\(JobID(id)) does not run under the worker that lists it", jobs: [JobID(id)])
            }
            running.insert(
                id,
                RunningJobs.Job(
                    lane: head.lane, worker: worker, startedAt: head.startedAt,
                    isSuspect: head.flags.contains(.isSuspect)))
            try know(head.lane)
        }
        var suspects: [LaneBoard.Suspect] = []
        let suspect = try session.statement(.allSuspects)
        defer { suspect.reset() }
        while try suspect.step() {
            let lane = try Session.lane(suspect, from: 1, of: suspect.int64(0))
            suspects.append(LaneBoard.Suspect(id: suspect.int64(0), lane: lane))
            try know(lane)
        }
        let preempted = Set(try session.ids(.allPaused))
        try loadPauses()
        lastAwaited = try session.integer(.lastAwaited) ?? 0
        buckets.load(try session.buckets())
        if isShared {
            let foreign = try session.statement(.foreignWorkers)
            foreign.bind(storeID, at: 1)
            hasForeignWorkers = try foreign.step() && foreign.int64(0) > 0
            foreign.reset()
        }
        board.load(heads: heads, running: running, suspects: suspects, preempted: preempted)
    }

    /// Whether holds were laid or lifted since this was asked last.
    func othersChangedPauses() -> Bool {
        defer { seenPauses = pauses.version }
        return seenPauses != pauses.version
    }

    /// Makes the names of a lane known: views of the board ask for them where nothing can be read.
    func know(_ lane: LaneKey) throws(QueueError) {
        _ = try session.type(lane.type)
        _ = try session.group(lane.group)
    }

    // MARK: Numbers

    /// A job id that was never given before.
    ///
    /// It follows the highest that is in the table or was deleted from it; see ``markDeleted(_:)``.
    func nextJobID() throws(QueueError) -> Int64 {
        let next = try lastJobID() + 1
        lastJob = next
        return next
    }

    /// The last job id that was given.
    func lastJobID() throws(QueueError) -> Int64 {
        if let lastJob { return lastJob }
        let last = max(try session.integer(.lastJob) ?? 0, try session.integer(.deletedMark) ?? 0)
        guard (0..<Session.ids.upperBound - 1 << 32).contains(last) else { throw Session.invalid("id", last) }
        lastJob = last
        return last
    }

    /// Takes all ids up to one, which follow the last that was given.
    func take(jobIDsUpTo last: Int64) {
        lastJob = last
    }

    /// Takes back an id that was not used.
    func giveBack(jobID: Int64) {
        lastJob = jobID - 1
    }

    /// Notes that a job is about to be deleted, so that its id is not given again.
    func markDeleted(_ id: Int64) throws(QueueError) {
        guard id == (try session.integer(.lastJob)) else { return }
        try setCounter("job", id)
    }

    /// The value of a counter; 0 if it was never set.
    func counter(_ name: String) throws(QueueError) -> Int64 {
        let row = try session.statement(.counter)
        defer { row.reset() }
        row.bind(name, at: 1)
        guard try row.step() else { return 0 }
        guard 0..<1 << 55 ~= row.int64(0) else {
            throw QueueError(.invalidRow, "the column value of row \"\(name)\" of counter can't be read")
        }
        return row.int64(0)
    }

    func setCounter(_ name: String, _ value: Int64) throws(QueueError) {
        let row = try session.statement(.setCounter)
        row.bind(name, at: 1)
        row.bind(value, at: 2)
        try row.run()
    }

    // MARK: Workers

    func didOpen(worker: Int64) {
        openWorkers.insert(worker)
        likelyWorker = worker
    }

    func didClose(worker: Int64) {
        openWorkers.remove(worker)
        board.forget(worker: worker)
        pastShares[worker] = nil
    }

    /// Whether a worker holds a lease.
    func isOpen(worker: Int64) throws(QueueError) -> Bool {
        if openWorkers.contains(worker) { return true }
        let row = try session.statement(.worker)
        defer { row.reset() }
        row.bind(worker, at: 1)
        guard try row.step() else { return false }
        openWorkers.insert(worker)
        return true
    }
}
