import Foundation
public import QueueModel
public import QueueStoreKit
public import QueueTesting

/// A store without a database: what a queue is told is kept in a journal, an append-only file of lines that can be
/// read, and what follows from it in memory.
///
/// Each call that may change something is first written to the journal, and then done; a store that is opened does all
/// of them again. So what is stored is what was written, and a process may be killed at any instant: the last line
/// counts if it is whole. The rules of a queue are not written down here a second time: they are those of
/// ``MemoryJobStore``.
///
/// What it costs: memory for all jobs that are kept, history included; a line for each call, some hundred bytes to a
/// kilobyte, also for those of an idle queue that looks for work and renews its lease; and to be opened, the time of
/// all that was ever done. See the README beside it for figures, and for what it leaves out. One process at a time can
/// have it open, with as many queues as it likes.
public actor JournalStore: ForwardingStore {
    /// The kind of failure that the effect of a returned call survives.
    public enum Durability: Sendable {
        /// The death of the process.
        case process
        /// A power loss as well, at the cost of one disk sync per call.
        case power
    }

    /// The state after all calls so far.
    private nonisolated let state: MemoryJobStore
    private nonisolated let thread: OwnThread
    private nonisolated let path: String
    private let durability: Durability
    /// `nil` after the store was closed.
    private var file: JournalFile?
    /// The rules of the last claim, which are written again only when they change.
    private var lastRules: AdmissionRules?

    /// The store that answers all read-only calls: they bypass the journal and do not wait for writes.
    ///
    /// Not for changes, which would be forgotten.
    public nonisolated var base: any JobStore { state }

    /// The number of calls that were repeated when the store was opened.
    public nonisolated let replayedCalls: Int

    /// Calls run one after the other on a queue of the store's own, and so in the order in which they stand in the
    /// journal.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Opens or creates a journal, and repeats its calls.
    ///
    /// Workers of processes that are gone are known to be dead, and a queue recovers their jobs when it starts.
    ///
    /// - Parameters:
    ///   - path: The journal's file.
    ///   - durability: What a call that has returned survives; default: the death of the process.
    /// - Throws: ``QueueError`` with the codes `busy` (another store has it open), `notAQueue`, `corrupt`,
    ///   `invalidRow`, `permission` and `io`; then the file is as it was.
    public init(path: String, durability: Durability = .process) async throws(QueueError) {
        var lines: [Data] = []
        let file = try Self.queueErrors { try JournalFile(path: path) { lines.append($0) } }
        let state = MemoryJobStore()
        let replay = try await Self.replay(lines, on: state)
        self.state = state
        self.path = path
        self.durability = durability
        thread = OwnThread()
        replayedCalls = lines.count
        self.file = consume file
        for (worker, process) in replay.workers.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where process != .current {
            try await declareDead(worker, hostWentDown: process.hostWentDown)
        }
    }

    /// Records that a worker is dead, so that its jobs are recovered before its lease expires.
    ///
    /// - Parameter hostWentDown: Whether its machine went down with it, which is no job's fault (rule L4).
    public func declareDead(_ worker: WorkerID, hostWentDown: Bool) async throws(QueueError) {
        try journal(.workerDied(worker, hostWentDown: hostWentDown))
        state.crash(worker, hostWentDown: hostWentDown)
    }

    // MARK: The journal

    /// Appends a call to the journal before it is made.
    ///
    /// Between this and the call itself nothing else comes: calls of ``MemoryJobStore`` never suspend.
    private func journal(_ entry: JournalEntry) throws(QueueError) {
        guard file != nil else { throw QueueError(.closed, "the store is closed") }
        let line = try Self.queueErrors { try JSONEncoder().encode(entry) }
        try file?.append(line)
        if durability == .power { try file?.sync() }
    }

    private static func replay(_ lines: [Data], on state: MemoryJobStore) async throws(QueueError) -> Replay {
        let decoder = JSONDecoder()
        var replay = Replay()
        for (number, line) in lines.enumerated() {
            let entry: JournalEntry
            do {
                entry = try decoder.decode(JournalEntry.self, from: line)
            } catch {
                throw QueueError(.invalidRow, "line \(number + 2) of the journal can't be read", underlying: error)
            }
            await entry.replay(on: state, &replay)
        }
        return replay
    }

    /// Runs code that may throw anything, and throws ``QueueError``.
    private static func queueErrors<Answer: ~Copyable>(_ body: () throws -> Answer) throws(QueueError) -> Answer {
        do {
            return try body()
        } catch let error as QueueError {
            throw error
        } catch {
            throw QueueError(.io, "the journal can't be read or written", underlying: error, isTransient: true)
        }
    }
}

// MARK: - Calls that change something

extension JournalStore {
    /// Stores a job.
    public func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try journal(.submit([submission], isBatch: false, at: now))
        return try await state.submit(submission, at: now)
    }

    /// Stores a batch as one line, so that all of it is stored or nothing.
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try journal(.submit(batch, isBatch: true, at: now))
        return try await state.submit(contentsOf: batch, at: now)
    }

    /// Opens a lease for a worker of this process.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try journal(.openWorker(lease: lease, at: now, process: .current))
        return try await state.openWorker(lease: lease, at: now)
    }

    /// Renews a lease.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try journal(.renewLease(worker, at: now))
        return try await state.renewLease(of: worker, at: now)
    }

    /// Closes a worker's lease.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try journal(.closeWorker(worker, at: now))
        try await state.closeWorker(worker, at: now)
    }

    /// Recovers the jobs of dead workers.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try journal(.recover(at: now, maximumCrashes: maximumCrashes))
        return try await state.recover(at: now, maximumCrashes: maximumCrashes)
    }

    /// Records completions and claims: one line for both.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        let kept = completions.map(JournaledCompletion.init)
        let claim = request.map { JournaledClaim($0, omittingRules: $0.rules == lastRules) }
        try journal(.turn(kept, claim, at: now))
        if let request { lastRules = request.rules }
        return try await state.turn(finishing: kept.map(\.completion), claiming: request, at: now)
    }

    /// Saves bytes for the next attempt.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try journal(.saveCheckpoint(bytes, id, attempt: attempt))
        try await state.saveCheckpoint(bytes, of: id, attempt: attempt)
    }

    /// Cancels a job.
    public func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        try journal(.cancel(id, at: now))
        return try await state.cancel(id, at: now)
    }

    /// Submits a finished job again.
    public func resubmit(_ id: JobID, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try journal(.resubmit(id, at: now))
        return try await state.resubmit(id, at: now)
    }

    /// Applies an action to the jobs that match a query.
    public func apply(
        _ action: BulkAction, to query: JobQuery, from cursor: JobQuery.BulkCursor?, limit: Int, at now: Timestamp
    ) async throws(QueueError) -> BulkStep {
        try journal(.apply(action, to: query, from: cursor, limit: limit, at: now))
        return try await state.apply(action, to: query, from: cursor, limit: limit, at: now)
    }

    /// Adds or replaces a pause.
    public func pause(_ pause: Pause, at now: Timestamp) async throws(QueueError) {
        try journal(.pause(pause, at: now))
        try await state.pause(pause, at: now)
    }

    /// Removes pauses.
    public func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try journal(.resume(target, reason: reason, at: now))
        return try await state.resume(target, reason: reason, at: now)
    }

    /// Deletes a finished job from memory, not from the journal.
    public func deleteEnded(_ id: JobID) async throws(QueueError) -> Bool {
        try journal(.deleteEnded(id))
        return try await state.deleteEnded(id)
    }

    /// Resets the statistics of job types.
    public func resetStatistics(of type: JobType?) async throws(QueueError) {
        try journal(.resetStatistics(type))
        try await state.resetStatistics(of: type)
    }

    /// Deletes finished jobs that the policy does not keep, from memory, not from the journal.
    public func prune(_ policy: RetentionPolicy, limit: Int, at now: Timestamp) async throws(QueueError) -> Int {
        try journal(.prune(policy, limit: limit, at: now))
        return try await state.prune(policy, limit: limit, at: now)
    }

    /// Expires overdue jobs.
    public func expire(limit: Int, at now: Timestamp) async throws(QueueError) -> ExpirySweep {
        try journal(.expire(limit: limit, at: now))
        return try await state.expire(limit: limit, at: now)
    }

    /// Registers a schedule.
    public func register(
        _ schedule: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp
    ) async throws(QueueError) -> ScheduleOutcome {
        try journal(.register(schedule, job, first: first, at: now))
        return try await state.register(schedule, job, first: first, at: now)
    }

    /// Pauses or resumes a schedule.
    public func setPaused(
        _ isPaused: Bool, schedule id: ScheduleID, at now: Timestamp
    ) async throws(QueueError) -> Bool {
        try journal(.setPaused(isPaused, schedule: id, at: now))
        return try await state.setPaused(isPaused, schedule: id, at: now)
    }

    /// Removes a schedule.
    public func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp
    ) async throws(QueueError) -> ScheduleRecord.Removal {
        try journal(.removeSchedule(id, cancellingJob: cancellingJob, at: now))
        return try await state.remove(schedule: id, cancellingJob: cancellingJob, at: now)
    }

    /// Fires occurrences, each once.
    public func fire(
        _ firings: [ScheduleFiring], at now: Timestamp
    ) async throws(QueueError) -> [FiringOutcome] {
        try journal(.fire(firings, at: now))
        return try await state.fire(firings, at: now)
    }

    /// Throws: an effect is code, and a journal keeps data.
    public nonisolated func accepts(_ effect: any CompletionEffect) -> Bool { false }

    // MARK: Upkeep

    /// Waits until all earlier calls are on the disk.
    public func flush() async throws(QueueError) {
        guard file != nil else { throw QueueError(.closed, "the store is closed") }
        try file?.sync()
    }

    /// Returns the faults of the state, and its differences from a replay of the journal.
    public func check() async throws(QueueError) -> [String] {
        var faults = try await state.check()
        var lines: [Data] = []
        try Self.queueErrors { try JournalFile.read(path) { lines.append($0) } }
        let twin = MemoryJobStore()
        _ = try await Self.replay(lines, on: twin)
        // The first instant, at which every stored pause still counts.
        let (present, replayed) = (
            try await StoreDump(of: state, at: .distantPast), try await StoreDump(of: twin, at: .distantPast)
        )
        faults += present.differences(from: replayed).map { "the journal says otherwise: \($0)" }
        return faults
    }

    /// Closes the store, and lets another process have the journal.
    public func close() async {
        file = nil
        await state.close()
    }
}
