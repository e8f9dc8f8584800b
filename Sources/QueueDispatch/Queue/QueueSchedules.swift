public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// The recurring jobs of a queue's store.
    ///
    /// A schedule is stored under a name and shared by all queues of the store; any worker that has its job type
    /// registered submits its occurrences.
    public struct Schedules: Sendable {
        let core: QueueCore

        /// Registers a schedule: a job that recurs, under a name.
        ///
        ///     try await queue.schedules.register(Sweep(), .every(.seconds(900)), id: "sweep")
        ///
        /// The schedule is stored when the call returns. Call this at each start of a program: if the schedule exists
        /// already, nothing changes; if its payload or settings differ, it keeps its next instant and its counts; if
        /// its recurrence differs, it starts over. A paused schedule stays paused.
        ///
        /// Each occurrence has the payload and the settings as the options, the job type, the domain and the queue
        /// resolve to now, and its own time to live. Retries and timeouts that the options leave open are looked up
        /// when the occurrence runs. The job's ``JobRecord/occurrence`` has the name of the schedule and the instant.
        ///
        /// - Parameters:
        ///   - payload: The payload of each occurrence.
        ///   - recurrence: When occurrences are due, and how many there are.
        ///   - id: The schedule's name, 1…512 bytes, without NUL.
        ///   - options: The settings of each occurrence. They can have neither an earliest start (use the recurrence's
        ///     initial delay) nor dependencies nor a parent.
        /// - Returns: The schedule as it is stored now.
        /// - Throws: ``QueueError`` with ``QueueError/Code/invalidSchedule`` for a recurrence that is out of range, in
        ///   a time zone that the system does not know, or without any occurrence; the errors of
        ///   ``JobQueue/submit(_:_:)``. Then nothing has changed.
        @discardableResult
        public func register<Payload: Job>(
            _ payload: Payload, _ recurrence: Recurrence, id: ScheduleID, options: SubmitOptions = SubmitOptions()
        ) async throws(QueueError) -> ScheduleRecord {
            let now = core.now
            return try await store(core.resolver.resolve(payload, recurrence, options, at: now), id, at: now)
        }

        /// Registers a schedule of a prepared submission whose type is registered with this queue.
        ///
        /// See ``register(_:_:id:options:)``.
        @discardableResult
        public func register(_ job: RecurringJob, id: ScheduleID) async throws(QueueError) -> ScheduleRecord {
            // Its parts may have been set after it was created.
            let job = RecurringJob(job.submission, job.recurrence, timeToLive: job.timeToLive)
            try core.resolver.check(job)
            return try await store(job, id, at: core.now)
        }

        private func store(
            _ job: RecurringJob, _ id: ScheduleID, at now: Timestamp
        ) async throws(QueueError) -> ScheduleRecord {
            try TextRule.schedule.check(id.rawValue)
            guard let first = try Schedule(job.recurrence).first(submittedAt: now) else {
                throw QueueError(.invalidSchedule, "the recurrence has no occurrence")
            }
            let outcome = try await core.store.register(id, job, first: first, at: now)
            switch outcome {
            case .kept: break
            case .added, .replaced: core.reporter.report(.schedule(id, .registered), type: job.submission.type)
            }
            return outcome.record
        }

        /// Returns the schedule with a name; `nil` if there is none.
        public func find(_ id: ScheduleID) async throws(QueueError) -> ScheduleRecord? {
            try await core.store.schedules(named: id).first
        }

        /// Returns all schedules of the store by name, including paused and ended ones, and those of types that this
        /// queue does not know.
        public func all() async throws(QueueError) -> [ScheduleRecord] {
            try await core.store.schedules(named: nil)
        }

        /// Pauses a schedule, for all workers, until it is resumed.
        ///
        /// Jobs that it has already submitted continue.
        ///
        /// - Returns: Whether it was not paused before.
        /// - Throws: ``QueueError/Code/unknownSchedule``; the store's errors.
        @discardableResult
        public func pause(_ id: ScheduleID) async throws(QueueError) -> Bool {
            let isNew = try await core.store.setPaused(true, schedule: id, at: core.now)
            if isNew { core.reporter.report(.schedule(id, .paused)) }
            return isNew
        }

        /// Resumes a schedule.
        ///
        /// Occurrences that were due while it was paused collapse into one, which is submitted now.
        ///
        /// - Returns: Whether it was paused.
        /// - Throws: ``QueueError/Code/unknownSchedule``; the store's errors.
        @discardableResult
        public func resume(_ id: ScheduleID) async throws(QueueError) -> Bool {
            let wasPaused = try await core.store.setPaused(false, schedule: id, at: core.now)
            if wasPaused { core.reporter.report(.schedule(id, .resumed)) }
            return wasPaused
        }

        /// Removes a schedule: it has no further occurrences.
        ///
        /// - Parameters:
        ///   - id: The schedule's name.
        ///   - includingJob: Whether the job of its last occurrence, if it has not ended, is canceled too, in the same
        ///     transaction; by default the job continues.
        /// - Returns: The schedule as it last was, and the outcome for its job.
        /// - Throws: ``QueueError/Code/unknownSchedule``; the store's errors.
        @discardableResult
        public func cancel(
            _ id: ScheduleID, includingJob: Bool = false
        ) async throws(QueueError) -> ScheduleRecord.Removal {
            let removal = try await core.store.remove(schedule: id, cancellingJob: includingJob, at: core.now)
            core.reporter.report(.schedule(id, .cancelled), type: removal.schedule.job.submission.type)
            if let job = removal.schedule.lastJob, case .cancelled(let changes) = removal.job {
                await core.reportCancelled(job, changes)
            }
            return removal
        }
    }
}
