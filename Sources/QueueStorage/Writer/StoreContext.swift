import QueueBackoff
import QueueModel
import QueueStoreKit

/// The parts that the store's write side works with: the connection that writes, the index of lanes, and what else is
/// kept in memory.
///
/// One thread at a time uses it, the one that has the ``Writer``. It only holds the parts; what is done with them is in
/// components (``StoreComponent``), one for each subject. They run inside of a transaction and may throw at any point,
/// after which all of it is undone, in the database and here.
final class StoreContext {
    let session: Session
    /// Whether other connections can write too.
    let isShared: Bool
    /// Distinguishes this store from others on the same file.
    let storeID: Int64
    let process: ProcessIdentity
    /// How long the effects of a completion may take.
    let effectTimeLimit: Duration
    /// The size of the write-ahead log; `nil` without one.
    let log: LogMeter?
    /// Whether the connection can't write: what an operation would change and undo again is changed in the index of
    /// lanes alone.
    var onlyReads = false

    // MARK: The operation

    /// The jobs that the present operation has changed, besides those that it was called for.
    var changes: [JobChange] = []
    /// What the present operation reports to observers.
    var report = CommitReport()

    // MARK: The database, as far as it is kept in memory

    var lanes = LaneIndex()
    var pauses = StoredPauses()
    var buckets = TokenBuckets()
    var tallies = TypeTallies()
    /// How workers' slots were divided by an index of lanes that is no longer valid.
    var savedShares: [Int64: FairShare<Int64>] = [:]
    /// The last job id that was given; `nil` until it is read.
    var lastJob: Int64?
    /// Workers that are known to have a row.
    var openWorkers: Set<Int64> = []
    /// Whether workers of other stores may wait to be woken.
    var hasForeignWorkers = false
    /// Jobs that have become ready in this transaction, in the index of lanes but not yet in their rows.
    var unwrittenReady: Set<Int64> = []
    /// The highest id of a job that another depends on or did.
    ///
    /// The ends of jobs above it need no look for dependents.
    var highestDependency: Int64 = .max

    // MARK: Changes by others

    /// The version of the database after the last commit of this connection.
    var seenVersion: UInt32 = 0
    var schema = SchemaGuard(isBorrowed: false)
    /// The version of the pauses that was reported last.
    var seenPauses: UInt64 = 0
    /// The version of the schedules that was reported last; `nil` if none was.
    var seenSchedules: Int64?
    /// Jobs that ran here when another connection wrote, with their workers: they may have been taken away since.
    var jobsToVerify: [Int64: Int64] = [:]

    // MARK: Expectations

    /// The worker that will probably claim what is submitted: rows are made as long as it will make them.
    var expectedWorker: Int64 = 1
    /// Whether the key of the last submission that had one was taken.
    var lastKeyWasTaken = false

    // MARK: The user's SQL

    /// `nil` until there is any.
    var userSQL: UserSQL?
    /// Attempts whose effects have rolled back a transaction.
    var failedEffects: [AttemptKey: EffectFailure] = [:]

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

    /// Begins an operation, which has caused nothing yet.
    func beginOperation() {
        changes = []
        report = CommitReport()
    }

    /// The table of jobs, as views of the lanes read it.
    var laneReader: LaneReader { LaneReader(context: self, mayRefill: true) }

    /// Closes the connection; nothing may be called afterwards.
    func close() {
        userSQL?.close()
        userSQL = nil
        session.close()
    }
}

/// A subject of the store's write side: functions over the context that all of them share.
///
/// A component is as large as a reference, so that one is made wherever it is needed, at no cost.
protocol StoreComponent {
    var context: StoreContext { get }

    init(context: StoreContext)
}

extension StoreComponent {
    init(_ context: StoreContext) { self.init(context: context) }

    var session: Session { context.session }
    var jobs: JobTable { JobTable(context) }
}
