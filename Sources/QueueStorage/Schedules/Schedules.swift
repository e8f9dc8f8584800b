import QueueBackoff
import QueueModel
import QueueStoreKit

/// Registers, pauses, fires and removes schedules.
struct Schedules: StoreComponent {
    let context: StoreContext

    /// Registers a schedule.
    func register(
        _ id: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) throws(QueueError) -> ScheduleOutcome {
        let outcome = ScheduleRecord.registering(
            job, as: id, over: try ScheduleReader(session).schedule(id), first: first, at: now)
        if case .kept = outcome { return outcome }
        try write(outcome.record)
        try didChangeSchedules()
        return outcome
    }

    /// Pauses or resumes a schedule; returns whether that changed it.
    func setPaused(_ isPaused: Bool, _ id: ScheduleID, at now: Timestamp) throws(QueueError) -> Bool {
        if try known(id).isPaused == isPaused { return false }
        try setPause(of: id, since: isPaused ? now : nil)
        if !isPaused { try didChangeSchedules() }
        return true
    }

    func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) throws(QueueError) -> ScheduleRecord.Removal {
        let record = try known(id)
        let row = try session.statement(.deleteSchedule)
        row.bind(id.rawValue, at: 1)
        try row.run()
        guard cancellingJob, let job = record.lastJob else { return ScheduleRecord.Removal(schedule: record) }
        return ScheduleRecord.Removal(schedule: record, job: try Control(context).cancel(job, at: now))
    }

    private func known(_ id: ScheduleID) throws(QueueError) -> ScheduleRecord {
        guard let record = try ScheduleReader(session).schedule(id) else {
            throw QueueError(.unknownSchedule, "no schedule has the id \"\(id)\"")
        }
        return record
    }

    func fire(_ firings: [ScheduleFiring], at now: Timestamp) throws(QueueError) -> [FiringOutcome] {
        var outcomes: [FiringOutcome] = []
        outcomes.reserveCapacity(firings.count)
        for firing in firings { outcomes.append(try fire(firing, at: now)) }
        return outcomes
    }

    private func fire(_ firing: ScheduleFiring, at now: Timestamp) throws(QueueError) -> FiringOutcome {
        guard var record = try ScheduleReader(session).schedule(firing.schedule), record.allows(firing, at: now) else {
            return .notDue
        }
        // A job that was deleted had ended.
        if let last = record.lastJob, let head = try jobs.head(last.rawValue), !head.state.isTerminal {
            record.skipped(firing)
            try move(record)
            return .skipped(predecessor: last, hasEnded: record.hasEnded)
        }
        let outcome = try Submitting(context).submit(record.submission(for: firing, at: now), at: now)
        record.fired(firing, outcome.id)
        try move(record)
        return .fired(outcome, hasEnded: record.hasEnded)
    }

    /// Lets a copy of an occurrence's job take its place as the predecessor of the next.
    func replacePredecessor(_ old: JobRecord, with new: JobID) throws(QueueError) {
        guard let id = old.occurrence?.schedule else { return }
        let row = try session.statement(.replacePredecessor)
        row.bind(id.rawValue, at: 1)
        row.bind(old.id.rawValue, at: 2)
        row.bind(new.rawValue, at: 3)
        try row.run()
    }

    /// Writes all of a schedule.
    private func write(_ record: ScheduleRecord) throws(QueueError) {
        let job = record.job
        let submission = job.submission
        let row = try session.statement(.putSchedule)
        row.bind(record.id.rawValue, at: .name)
        row.bind(record.registeredAt.milliseconds, at: .registeredAt)
        row.bind(job.recurrence.description, at: .recurrence)
        row.bind(job.timeToLive?.wholeMilliseconds, at: .timeToLive)
        row.bind(try session.intern(submission.type), at: .type)
        row.bind(try session.intern(group: submission.group), at: .group)
        row.bind(Int64(submission.priority.rawValue), at: .priority)
        row.bind(submission.key, at: .key)
        row.bind(Int64(submission.onDuplicate.rawValue), at: .onDuplicate)
        row.bind(submission.failFast ? 1 : 0, at: .failFast)
        row.bind(submission.label, at: .label)
        row.bind(StoredText.text(of: submission.tags), at: .tags)
        row.bind(submission.retry?.description, at: .retry)
        row.bind(submission.timeout?.wholeNanoseconds, at: .timeout)
        row.bind(submission.expectedIO.map { StoredText.text(of: $0) }, at: .expectedIO)
        row.bind(Int64(submission.payloadVersion), at: .payloadVersion)
        bindProgress(of: record, to: row)
        try row.withBound(submission.payload, at: .payload) { () throws(QueueError) in try row.run() }
    }

    /// Writes how far a schedule has come.
    private func move(_ record: ScheduleRecord) throws(QueueError) {
        let row = try session.statement(.moveSchedule)
        row.bind(record.id.rawValue, at: .name)
        bindProgress(of: record, to: row)
        try row.run()
    }

    /// Binds what firing and pausing change.
    private func bindProgress(of record: ScheduleRecord, to row: Statement) {
        row.bind(record.next?.milliseconds, at: .next)
        row.bind(Int64(record.occurrences), at: .occurrences)
        row.bind(Int64(record.skipped), at: .skipped)
        row.bind(record.lastJob?.rawValue, at: .lastJob)
        row.bind(record.lastDue?.milliseconds, at: .lastDue)
        row.bind(record.pausedAt?.milliseconds, at: .pausedAt)
    }

    private func setPause(of id: ScheduleID, since instant: Timestamp?) throws(QueueError) {
        let row = try session.statement(.pauseSchedule)
        row.bind(id.rawValue, at: 1)
        row.bind(instant?.milliseconds, at: 2)
        try row.run()
    }

    /// Reports the change to observers of this store, and leaves a mark for those in other processes.
    private func didChangeSchedules() throws(QueueError) {
        let mark = try Counters(context).value(of: Self.scheduleMark)
        try Counters(context).set(Self.scheduleMark, mark + 1)
        // A change of somebody else's that was not noticed yet stays so.
        if context.seenSchedules == mark { context.seenSchedules = mark + 1 }
        context.report.changedSchedules = true
    }

    /// Whether schedules were changed by others since this was asked last.
    func othersHaveChanged() throws(QueueError) -> Bool {
        let mark = try Counters(context).value(of: Self.scheduleMark)
        defer { context.seenSchedules = mark }
        return context.seenSchedules != mark
    }

    private static let scheduleMark = "schedules"
}
