public import QueueModel
public import QueueStoreKit

extension SQLiteJobStore {
    /// Registers a schedule.
    ///
    /// One that is there already, with the same contents, is read and not written.
    public func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).register(schedule, job, first: first, at: now)
        }
    }

    /// Returns the schedule with a name, or all schedules by name.
    public func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord] {
        try await core.read { (session) throws(QueueError) in
            guard let id else { return try ScheduleReader(session).schedules() }
            return try ScheduleReader(session).schedule(id).map { [$0] } ?? []
        }
    }

    /// Pauses or resumes a schedule.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).setPaused(isPaused, id, at: now)
        }
    }

    /// Takes a schedule away.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal {
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).remove(schedule: id, cancellingJob: cancellingJob, at: now)
        }
    }

    /// What is due of schedules, and when more will be; read from an index, in the order of what is due.
    public func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda {
        try await core.read { (session) throws(QueueError) in try ScheduleReader(session).agenda(of: types, at: now) }
    }

    /// Fires occurrences in one transaction.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try await core.write { (context) throws(QueueError) in
            try Schedules(context).fire(firings, at: now)
        }
    }
}
