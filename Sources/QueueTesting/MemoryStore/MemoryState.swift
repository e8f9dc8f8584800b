import QueueModel
import QueueStoreKit

/// The contents of a ``MemoryJobStore``: the readable reference that other stores are compared with.
///
/// Each kind of data has a table, which knows the rules that concern it alone. The extensions of this type are the
/// operations that touch several tables, one file per kind of operation. Nothing here locks or reads a clock: the
/// same state and the same call give the same result. An operation that may fail halfway works on a copy.
struct MemoryState: Sendable {
    var jobs = JobTable()
    var workers = WorkerTable()
    var schedules = ScheduleTable()
    var pauses = PauseTable()
    var statistics = StatisticsTable()
    /// The tokens used of each rate, by any worker.
    var buckets: [RateBucket: TokenBucket] = [:]
    /// The values that effects have written.
    var values: [String: [UInt8]] = [:]

    /// Changes a job, and frees its fair-share slot if it stops running.
    mutating func update(_ id: JobID, at now: Timestamp, _ change: (inout JobEntry) -> Void) {
        guard let former = jobs.update(id, at: now, change), former.state == .running,
            jobs[id]?.record.state != .running
        else { return }
        workers.jobStopped(former, at: now)
    }
}
