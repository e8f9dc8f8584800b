public import QueueModel

extension JobQueue {
    /// Registers a schedule: a job that comes again, under a name (rule D13).
    ///
    ///     try await queue.schedule(Sweep(), .every(.seconds(900)), id: "sweep")
    ///
    /// It is stored when the call returns, and fired by whatever worker of the store has the type registered, from the first
    /// occurrence on that is due. Meant to be called at each start of a program: if the schedule is there already nothing changes;
    /// if its payload or settings are others it keeps its next instant and its counts; if its recurrence is another it begins anew.
    /// A schedule that was paused stays so.
    ///
    /// Each occurrence has all that the payload and the options say, resolved now over their five levels (rule S2), and its own time to
    /// live. Retries and timeouts that the options leave open are looked up when it runs, as always. The job's
    /// ``JobRecord/occurrence`` names the schedule and the instant.
    ///
    /// - Parameters:
    ///   - payload: What each occurrence is to do.
    ///   - recurrence: When the occurrences are due, and how many there are.
    ///   - id: The schedule's name, 1…512 bytes, no NUL.
    ///   - options: Settings of each occurrence. They can have neither an earliest start (say it with the recurrence's initial delay) nor
    ///     dependencies or a parent.
    /// - Returns: The schedule as it stands now.
    /// - Throws: ``QueueError`` with ``QueueError/Code/invalidSchedule`` for a recurrence that is out of range, in a time zone that the
    ///   system does not know, or without any occurrence; with the codes of rule S7, or of the store. Then nothing has changed.
    @discardableResult
    public func schedule<Payload: Job>(
        _ payload: Payload, _ recurrence: Recurrence, id: ScheduleID, options: SubmitOptions = SubmitOptions()
    ) async throws(QueueError) -> ScheduleRecord {
        let now = now
        return try await register(resolver.resolve(payload, recurrence, options, at: now), id, at: now)
    }

    /// Registers a schedule of a submission that was made elsewhere, of a type that is registered with this queue.
    ///
    /// See ``schedule(_:_:id:options:)`` for the rest.
    @discardableResult
    public func schedule(_ job: RecurringJob, id: ScheduleID) async throws(QueueError) -> ScheduleRecord {
        // Its parts may have been set after it was made.
        let job = RecurringJob(job.submission, job.recurrence, timeToLive: job.timeToLive)
        try resolver.check(job)
        return try await register(job, id, at: now)
    }

    private func register(
        _ job: RecurringJob, _ id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord {
        try TextRule.schedule.check(id.rawValue)
        guard let first = try Schedule(job.recurrence).first(submittedAt: now) else {
            throw QueueError(.invalidSchedule, "the recurrence has no occurrence")
        }
        let outcome = try await store.register(id, job, first: first, at: now)
        switch outcome {
        case .kept: break
        case .added, .replaced: tell(.schedule(id, .registered), type: job.submission.type)
        }
        return outcome.record
    }

    /// The schedule with a name; `nil` if there is none.
    public func schedule(_ id: ScheduleID) async throws(QueueError) -> ScheduleRecord? {
        try await store.schedule(id)
    }

    /// All schedules of the store by name, paused and ended ones too, and those of types that this queue does not know.
    public func schedules() async throws(QueueError) -> [ScheduleRecord] {
        try await store.schedules()
    }

    /// Holds a schedule, for all workers, until it is resumed.
    ///
    /// What it has submitted goes on.
    ///
    /// - Returns: Whether it was not paused before.
    /// - Throws: ``QueueError/Code/unknownSchedule``; what the store throws.
    @discardableResult
    public func pause(schedule id: ScheduleID) async throws(QueueError) -> Bool {
        let isNew = try await store.setPaused(true, schedule: id, at: now)
        if isNew { tell(.schedule(id, .paused)) }
        return isNew
    }

    /// Lets a schedule go on.
    ///
    /// Occurrences that were due while it was paused collapse into one, which is fired now.
    ///
    /// - Returns: Whether it was paused.
    /// - Throws: ``QueueError/Code/unknownSchedule``; what the store throws.
    @discardableResult
    public func resume(schedule id: ScheduleID) async throws(QueueError) -> Bool {
        let wasPaused = try await store.setPaused(false, schedule: id, at: now)
        if wasPaused { tell(.schedule(id, .resumed)) }
        return wasPaused
    }

    /// Takes a schedule away: there are no occurrences more.
    ///
    /// - Parameters:
    ///   - id: The schedule's name.
    ///   - includingJob: Whether the job of its last occurrence is cancelled too, in the same transaction, if it has not ended; by
    ///     default it goes on.
    /// - Returns: The schedule as it last was, and what became of its job.
    /// - Throws: ``QueueError/Code/unknownSchedule``; what the store throws.
    @discardableResult
    public func cancel(
        schedule id: ScheduleID, includingJob: Bool = false
    ) async throws(QueueError) -> ScheduleRemoval {
        let removal = try await store.remove(schedule: id, cancellingJob: includingJob, at: now)
        tell(.schedule(id, .cancelled), type: removal.schedule.job.submission.type)
        if let job = removal.schedule.lastJob, case .cancelled(let changes) = removal.job {
            await tellCancelled(job, changes)
        }
        return removal
    }
}

extension SubmissionResolver {
    /// What a payload submits again and again, validated.
    func resolve<Payload: Job>(
        _ payload: Payload, _ recurrence: Recurrence, _ options: SubmitOptions, at now: Timestamp
    ) throws(QueueError) -> RecurringJob {
        if options.runAfter != nil {
            throw QueueError(
                .invalidOption,
                "a recurring job can't have an earliest start; say when it begins with the recurrence's initial delay")
        }
        let executor = try registry.executor(for: Payload.self, domain: options.domain)
        var submission = try resolve(payload, options, at: now)
        // An occurrence has its own, counted from when it is submitted.
        submission.expiresAt = nil
        let job = RecurringJob(
            submission, recurrence, timeToLive: options.settings.timeToLive ?? executor.options.timeToLive)
        try job.validate(limits: limits)
        return job
    }

    /// Checks a recurring job that was made elsewhere.
    func check(_ job: RecurringJob) throws(QueueError) {
        try job.validate(limits: limits)
        guard registry.byType[job.submission.type] != nil else {
            throw QueueError(
                .unknownJobType, "the job type \"\(job.submission.type)\" is not registered with this queue")
        }
    }
}
