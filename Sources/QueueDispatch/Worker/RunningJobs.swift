import QueueModel
import QueueStoreKit

/// The jobs that run on a worker, and what has been asked of them.
///
/// Transitions of one job:
///
/// | State | Event | State | Effect |
/// |---|---|---|---|
/// | unknown | `start` | running | takes a slot |
/// | running | `start` of the same job again | displaced; the new one runs | both take a slot |
/// | running, displaced | `end` of that very execution | unknown | its slot is free |
/// | running | `requestStop` | running, stop requested | returned once by `takeStopRequests` |
/// | running | `watch` | running, watched | its deadline counts for `nextDeadline` |
/// | watched | `expire` at or after its deadline | running | returned once, to be timed out |
/// | watched | `forgetEnded` after its end or its cancellation | unknown or running | no deadline |
struct RunningJobs<Job: WorkerJob>: Sendable {
    /// The jobs by their identifiers.
    private(set) var byID: [JobID: Job] = [:]
    /// Executions of jobs that were taken from this worker and claimed by it again before they had returned.
    private var displaced: [Job] = []
    /// Jobs that the store asked to stop, for the loop to look at between two turns.
    private var stopRequests: Set<JobID> = []
    /// Jobs with a time limit.
    private var watched: [Job] = []
    /// The number of watched jobs that remained after those that had ended were last forgotten.
    private var watchedAfterCleanup = 0

    var isEmpty: Bool { byID.isEmpty }
    var count: Int { byID.count }

    /// The running jobs, the first submitted first, so that a stop reaches them in the same order each time.
    var sorted: [Job] { byID.values.sorted { $0.id < $1.id } }

    /// Returns the number of slots that a concurrency leaves free.
    func freeSlots(of concurrency: Int) -> Int {
        max(0, concurrency - byID.count - displaced.count)
    }

    /// Gives a slot to a job that was claimed.
    mutating func start(_ job: Job) {
        if let former = byID.updateValue(job, forKey: job.id) { displaced.append(former) }
    }

    /// Frees the slot of a job whose executor has returned.
    mutating func end(_ job: Job) {
        // The common case first: one look-up finds and removes.
        guard let index = byID.index(forKey: job.id), byID.values[index] == job else {
            displaced.removeAll { $0 == job }
            return
        }
        byID.remove(at: index)
    }

    // MARK: Stopping

    /// Remembers jobs that the store asked to stop.
    mutating func requestStop(of ids: some Sequence<JobID>) {
        stopRequests.formUnion(ids)
    }

    /// Returns the jobs that were asked to stop and run here, each once.
    ///
    /// What does not run here is forgotten: a claim that is on its way is looked at when the lease is renewed.
    mutating func takeStopRequests() -> [Job] {
        if stopRequests.isEmpty { return [] }
        defer { stopRequests = [] }
        return stopRequests.sorted().compactMap { byID[$0] }
    }

    /// Chooses running jobs to preempt for `count` jobs at a priority: the least urgent, of these the last started.
    ///
    /// Jobs that were preempted before and still run count.
    func victims(for count: Int, above priority: Priority) -> [Job] {
        let preempted = byID.values.count { $0.cancellation == .preempted }
        guard count > preempted else { return [] }
        let candidates = byID.values.filter { $0.priority > priority && $0.cancellation == nil }
        let sorted = candidates.sorted { left, right in
            (right.priority, right.claimedAt, right.id) < (left.priority, left.claimedAt, left.id)
        }
        return Array(sorted.prefix(count - preempted))
    }

    // MARK: Time limits

    /// Watches the deadline of a job that has a time limit.
    ///
    /// Forgets those that have ended when they have become many, so that a long row of turns without a pass of the
    /// loop does not collect them.
    mutating func watch(_ job: Job) {
        watched.append(job)
        if watched.count > 2 * watchedAfterCleanup + 1024 { forgetEnded() }
    }

    /// Returns the watched jobs that have reached their deadline, and watches them no longer.
    mutating func expire(at now: Duration) -> [Job] {
        if watched.isEmpty { return [] }
        forgetEnded()
        var expired: [Job] = []
        watched.removeAll { job in
            guard let deadline = job.deadline, deadline <= now else { return false }
            expired.append(job)
            return true
        }
        return expired
    }

    /// When the first of the watched jobs reaches its deadline; `nil`: none will.
    var nextDeadline: Duration? {
        var next: Duration?
        for job in watched {
            guard let deadline = job.deadline, deadline < next ?? .seconds(Int64.max) else { continue }
            next = deadline
        }
        return next
    }

    /// Forgets the time limits of jobs that no longer run here, or stop in any case.
    private mutating func forgetEnded() {
        watched.removeAll { byID[$0.id] != $0 || $0.cancellation != nil }
        watchedAfterCleanup = watched.count
    }
}
