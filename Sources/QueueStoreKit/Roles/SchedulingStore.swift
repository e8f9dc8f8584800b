public import QueueModel

/// The role of a store for schedules: recurring jobs by name.
///
/// A store knows neither time zones nor when an occurrence is due; the caller works that out and passes instants. The
/// store must ensure that each occurrence is fired once, no matter how many workers try.
///
/// Covered by the checks `recurring`, `recurringFiring` and `recurringControl`.
public protocol SchedulingStore: Sendable {
    /// Registers a schedule.
    ///
    /// The caller validates the job (``RecurringJob/validate(limits:)``). A new name is added, with its first
    /// occurrence at `first`. If the name has an equal job, nothing changes. Otherwise the job is replaced: with the
    /// same recurrence, the schedule keeps its next instant and its counts; with another, it starts over at `first`
    /// and from zero. A paused schedule stays paused; an ended one stays ended unless its recurrence changes.
    func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome

    /// Returns the schedule with a name, if there is one; with `nil`, all schedules, including paused and ended ones.
    ///
    /// They are ordered by the bytes of their names.
    func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord]

    /// Pauses or resumes a schedule.
    ///
    /// Nothing of a paused schedule is fired. A resumed one continues with the instant that was next. Returns
    /// whether this changed anything; throws ``QueueError/Code/unknownSchedule``.
    func setPaused(_ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp) async throws(QueueError) -> Bool

    /// Removes a schedule and, with `cancellingJob`, cancels its last job as ``ControllingStore/cancel(_:at:)`` does.
    ///
    /// - Throws: ``QueueError/Code/unknownSchedule``.
    func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal

    /// Returns the due schedules of some types, without paused and ended ones, and the instant at which more become
    /// due.
    ///
    /// The cost must grow with the number of due schedules, and of those of other types before the first of these;
    /// not with that of later ones.
    func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda

    /// Fires occurrences in one transaction, with one outcome per firing, in order.
    ///
    /// A firing is valid only if its schedule is not paused, and the instant that it expects is the next one and has
    /// come. Then, if the job of the last occurrence has not ended, this one is skipped; otherwise it is submitted,
    /// as ``SubmittingStore/submit(_:at:)`` does, with its time to live starting at `now` and
    /// ``JobSubmission/occurrence`` set. The next instant becomes that of the firing. Submitted occurrences count;
    /// when the maximum is reached, or the firing has no next instant, the schedule has ended.
    ///
    /// A deleted job counts as ended. A copy of the last occurrence's job, for example of a resubmission, takes its
    /// place as the predecessor.
    func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome]
}

extension SchedulingStore {
    /// Returns the schedule with a name.
    public func schedule(_ id: ScheduleID) async throws(QueueError) -> ScheduleRecord? {
        try await schedules(named: id).first
    }

    /// Returns all schedules, including paused and ended ones, by the bytes of their names.
    public func schedules() async throws(QueueError) -> [ScheduleRecord] { try await schedules(named: nil) }
}
