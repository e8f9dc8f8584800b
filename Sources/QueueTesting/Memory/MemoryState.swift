import QueueModel
import QueueStoreKit

/// All that a store knows, as a value: the readable truth that other stores are compared with.
///
/// Its functions are the rules of ``JobStore``, a room (file) for each kind of operation. They know no locks and no clock: the
/// same state and the same call give the same result. What has to be undone on an error works on a copy.
struct MemoryState: Sendable {
    /// Every job that is kept, active or ended: a job is in one place for its whole life.
    var entries: [JobID: Entry] = [:]
    /// The active job that has a key.
    var keys: [KeyOwner: JobID] = [:]
    /// The jobs that name a job as a dependency.
    var dependents: [JobID: SortedKeys<JobID>] = [:]
    /// Pending jobs that may start now.
    var ready = ReadyJobs()
    /// Pending jobs whose earliest start had not come when they were last looked at.
    var scheduled = SortedKeys<Start>()
    /// Running jobs.
    var running = SortedKeys<JobID>()
    /// Jobs that were set aside for more urgent ones.
    var paused = SortedKeys<JobID>()
    /// Workers that hold a lease.
    var workers: [WorkerID: Lease] = [:]
    /// How the slots of each worker were divided that has fair share.
    var shares: [WorkerID: FairShare<String?>] = [:]
    /// What was used of each rate, by whatever worker.
    var buckets: [RateBucket: TokenBucket] = [:]
    /// Holds, in the order in which they were laid.
    var pauses: [LaidPause] = []
    /// The last holds that were lifted.
    var pastPauses: [LaidPause] = []
    /// What effects have written.
    var values: [String: [UInt8]] = [:]
    /// Recurring jobs by name.
    var schedules: [ScheduleID: ScheduleRecord] = [:]
    /// What has become of the jobs of each type.
    var tallies: [JobType: TypeTally] = [:]
    /// The last job id that was given.
    var lastJob: Int64 = 0
    /// The last worker id that was given.
    var lastWorker: Int64 = 0

    /// A job with what its record leaves out.
    struct Entry: Sendable {
        var record: JobRecord
        /// All that it depends on, by id.
        var dependencies: [JobID] = []
        /// Those of ``dependencies`` that still hold it back.
        var openDependencies: Set<JobID> = []
        var dependencyPolicy: DependencyPolicy = .cancel
        /// Its children that have not ended.
        var openChildren: Set<JobID> = []
        /// Whether it had children since it began to execute or, the last time, to finalize: it finalizes before it completes.
        var hadChildren = false
        /// Set while it runs, if a child failed and it has to fail with it.
        var childFailure: JobFailure?
        /// Whether a copy of it takes its place when it ends.
        var runsOnceMore = false
        /// In how many crashes it was the only suspect running.
        var soloCrashes = 0
        var attempts: [AttemptRecord] = []
        /// Since when it is set aside.
        var pausedAt: Timestamp?
        /// For how many milliseconds it was set aside since it was first due.
        var pausedFor: Int64 = 0

        /// Makes the job pending again, to finalize.
        mutating func finalize() {
            record.state = .pending
            record.phase = .finalize
            hadChildren = false
        }
    }

    /// A key with the type that it excludes others of.
    struct KeyOwner: Hashable, Sendable {
        var type: JobType
        var key: UniqueKey
    }

    /// A place in the order of starts to come.
    struct Start: Comparable, Sendable {
        var at: Timestamp
        var id: JobID

        static func < (left: Start, right: Start) -> Bool {
            (left.at, left.id) < (right.at, right.id)
        }
    }

    /// What is known of a worker.
    struct Lease: Sendable {
        var openedAt: Timestamp
        var renewedAt: HostTime
        var lasts: Duration
        /// Set when the worker is known to be gone.
        var death: Death?

        enum Death: Sendable { case crash, hostWentDown }
    }
}

/// What an operation caused beside its result: told to callers and observers once it stands.
struct Effects: Sendable {
    /// States that changed because something else did.
    var changes: [JobChange] = []
    /// Running jobs that were asked to stop or taken from their worker.
    var stops: [JobID] = []
    /// The most urgent of what there may be to claim that was not there before; `nil`: nothing.
    var work: Priority?
    /// Whether a schedule may be due that was not before.
    var changedSchedules = false
    /// Whether a hold was laid or lifted.
    var changedPauses = false

    /// Notes that there may be something to claim, at best of a priority.
    mutating func noteWork(_ priority: Priority) {
        work = min(work ?? priority, priority)
    }
}

extension MemoryState {
    /// Whether the job is kept and has not ended.
    func isActive(_ id: JobID) -> Bool {
        entries[id].map { !$0.record.state.isTerminal } ?? false
    }

    /// Changes a job and keeps the orders of pending and running jobs in step with it.
    mutating func update(_ id: JobID, at now: Timestamp, _ change: (inout Entry) -> Void) {
        guard var entry = entries.removeValue(forKey: id) else { return }
        let former = entry.record
        unplace(former)
        change(&entry)
        place(entry.record, at: now)
        entries[id] = entry
        if former.state == .running, entry.record.state != .running, let worker = former.worker {
            shares[worker]?.advance(to: now)
            shares[worker]?.stop(former.group)
        }
    }

    /// What runs, on any worker.
    var runningJobs: [JobRecord] { running.keys.compactMap { entries[$0]?.record } }

    /// Takes a job out of the orders that it stands in.
    private mutating func unplace(_ record: JobRecord) {
        switch record.state {
        case .pending:
            ready.remove(record)
            if let start = record.runAfter { scheduled.remove(Start(at: start, id: record.id)) }
        case .running:
            running.remove(record.id)
        case .preempted:
            paused.remove(record.id)
        default:
            break
        }
    }

    /// Puts a job into the order that its state asks for.
    mutating func place(_ record: JobRecord, at now: Timestamp) {
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
            paused.insert(record.id)
        default:
            break
        }
    }

    /// Makes ready what has become due.
    mutating func promoteDue(at now: Timestamp) {
        while let first = scheduled.keys.first, first.at <= now {
            scheduled.remove(first)
            guard let record = entries[first.id]?.record else { continue }
            ready.insert(record)
        }
    }
}
