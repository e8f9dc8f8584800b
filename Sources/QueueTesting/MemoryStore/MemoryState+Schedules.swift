import QueueModel
import QueueStoreKit

extension MemoryState {
    mutating func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> ScheduleRecord.Removal {
        let record = try schedules.remove(id)
        guard cancellingJob, let job = record.lastJob else { return ScheduleRecord.Removal(schedule: record) }
        return ScheduleRecord.Removal(schedule: record, job: cancel(job, at: now, &report))
    }

    /// Fires an occurrence, unless it has fired already or its predecessor is still active.
    mutating func fire(
        _ firing: ScheduleFiring, at now: Timestamp, _ report: inout CommitReport
    ) -> FiringOutcome {
        guard var record = schedules[firing.schedule], record.allows(firing, at: now) else { return .notDue }
        if let last = record.lastJob, jobs.isActive(last) {
            record.skipped(firing)
            schedules.store(record)
            return .skipped(predecessor: last, hasEnded: record.hasEnded)
        }
        // This cannot fail: a recurring job has neither dependencies nor a parent.
        let outcome = store(record.submission(for: firing, at: now), at: now, &report)
        record.fired(firing, outcome.id)
        schedules.store(record)
        return .fired(outcome, hasEnded: record.hasEnded)
    }
}
