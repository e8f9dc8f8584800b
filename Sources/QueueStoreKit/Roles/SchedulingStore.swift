public import QueueModel

/// The role of a store towards schedules: recurring jobs by name (rule D13).
///
/// A store knows neither time zones nor when an occurrence is due; whoever calls works that out and passes instants. What it sees
/// to is that each occurrence is fired once, whoever tries.
///
/// Shown by the checks `recurring`, `recurringFiring` and `recurringControl`.
public protocol SchedulingStore: Sendable {
    /// Registers a schedule.
    ///
    /// The job is validated by the caller (``RecurringJob/validate(limits:)``). Under a new name it is added, with its first
    /// occurrence at `first`. If the name stands for an equal job, nothing changes. Else it is replaced: with the same
    /// recurrence it keeps its next instant and its counts; with another it begins anew, at `first` and from zero. A schedule that is
    /// paused stays so, one that has ended stays so unless its recurrence changes.
    func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome

    /// Returns the schedule with a name, if there is one; with `nil`, all schedules, including paused and ended ones.
    ///
    /// They are ordered by the bytes of their names.
    func schedules(named id: ScheduleID?) async throws(QueueError) -> [ScheduleRecord]

    /// Pauses or resumes a schedule.
    ///
    /// Nothing of a paused schedule is fired. A resumed one continues with the instant that was next. Returns whether this changed
    /// anything; throws ``QueueError/Code/unknownSchedule``.
    func setPaused(_ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp) async throws(QueueError) -> Bool

    /// Takes a schedule away, and with `cancellingJob` cancels its last job with all that follows, as
    /// ``ControllingStore/cancel(_:at:)`` does.
    ///
    /// Throws ``QueueError/Code/unknownSchedule``.
    func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal

    /// What is due of schedules of some types, paused and ended ones left out, and when more will be.
    ///
    /// The cost grows with what is due, and with schedules of other types that come before the first of these; not with what comes
    /// later.
    func agenda(of types: Set<JobType>, at now: Timestamp) async throws(QueueError) -> ScheduleAgenda

    /// Fires occurrences, all in one transaction, with an outcome each, in order.
    ///
    /// A firing counts only if its schedule is not paused and the instant that it expects is the one that stands next, and has come.
    /// Then, if the job that stands for the last occurrence has not ended, this one is skipped; else it is submitted, as
    /// ``SubmittingStore/submit(_:at:)`` does, with its time to live from `now` on and ``JobSubmission/occurrence`` set. The next
    /// instant moves to the firing's. An occurrence that was submitted counts; when the maximum is reached, or the firing names no
    /// next instant, the schedule has ended.
    ///
    /// A job that was deleted has ended. A copy of the last occurrence's job, as of a resubmission, takes its place as the predecessor.
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
