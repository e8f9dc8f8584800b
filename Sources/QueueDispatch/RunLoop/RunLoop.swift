import QueueCompletion
import QueueModel
import Synchronization

/// The loop of one run: takes finished attempts, hands them to the store together with the next claim, starts what was
/// claimed, and sleeps until something happens.
///
/// It is the only one that claims, and its local state needs no lock.
struct RunLoop {
    private let session: RunSession
    private let queue: JobQueue
    private let attendance: Attendance<FinishedAttempt, CompletionOutcome>
    private var worker: WorkerID

    /// When the lease is renewed next.
    private var nextUpkeep: Duration
    /// When the next job becomes due, or a hold lifts itself, as far as is known.
    private var nextDue: Duration?
    /// When the loop looks for work without a signal.
    private var nextPoll: Duration
    /// When a failed claim is tried again.
    private var retryClaimAt: Duration?
    private var failedClaims = 0
    /// Jobs with a time limit for each attempt.
    private var limited: [Execution] = []
    /// When the alarm that is set rings.
    private var alarm: Duration?
    private var endedSincePrune = 0
    /// What made the loop stop by itself.
    private(set) var fatal: QueueError?

    init(
        _ session: RunSession, worker: WorkerID, attendance: Attendance<FinishedAttempt, CompletionOutcome>
    ) {
        self.session = session
        queue = session.queue
        self.worker = worker
        self.attendance = attendance
        let now = session.ticker.now()
        nextUpkeep = now + session.queue.configuration.lease / 3
        nextPoll = now + session.queue.configuration.pollInterval
    }

    /// The worker's present lease.
    var lease: WorkerID { worker }

    /// Goes on until the session is stopped and nothing runs here any more.
    mutating func run(in group: inout DiscardingTaskGroup) async {
        while true {
            let now = session.ticker.now()
            ring(at: now)
            await keepUp(at: now)
            await noteHolds()
            let batch = attendance.take()
            let plan = plan(finishing: batch.count, at: now)
            if !batch.isEmpty || plan.limit > 0 {
                await turn(batch, plan, in: &group)
                continue
            }
            if plan.isOver { return }
            setAlarm(in: &group)
            await session.doorbell.wait()
        }
    }

    // MARK: One turn

    private struct Plan {
        var limit: Int
        var isOver: Bool
    }

    /// Decides how many jobs to ask for, and whether all is done.
    private mutating func plan(finishing: Int, at now: Duration) -> Plan {
        let concurrency = queue.admission.withLock { $0.concurrency }
        let isHeldBack = session.channel.isHoldingBack
        let waitsForStore = retryClaimAt.map { $0 > now } ?? false
        let uncommitted = session.channel.uncommitted
        let nothingDue = nextDue == nil
        return session.state.withLock { state in
            let free = isHeldBack || waitsForStore ? 0 : state.free(of: concurrency)
            let limit = free > 0 && (state.mayHaveWork || finishing > 0) ? free : 0
            if limit > 0 {
                state.mayHaveWork = false
                state.beginTurn()
            }
            let isQuiet = state.running.isEmpty && uncommitted == 0
            let isIdle = isQuiet && limit == 0 && !state.mayHaveWork && nothingDue
            return Plan(limit: limit, isOver: state.stop != .no ? isQuiet : isIdle && state.endsWhenIdle)
        }
    }

    /// Hands a batch to the store together with a claim, in one transaction, and starts what was claimed.
    private mutating func turn(_ batch: [FinishedAttempt], _ plan: Plan, in group: inout DiscardingTaskGroup) async {
        let request =
            plan.limit > 0
            ? ClaimRequest(worker: worker, limit: plan.limit, rules: rules()) : nil
        let started = session.ticker.now()
        let result: TurnResult
        do {
            result = try await queue.store.turn(
                finishing: batch.map(\.completion), claiming: request, at: queue.now)
        } catch {
            await turnFailed(error, batch)
            return
        }
        failedClaims = 0
        retryClaimAt = nil
        session.recorder.note(result.changes, batch: batch.count, took: session.ticker.now() - started)
        if batch.isEmpty {
            session.recorder.tellChanges()
        } else {
            attendance.settle(result.outcomes)
            endedSincePrune += batch.count
        }
        if let request {
            noteDue(result.nextDue)
            // A full answer may have left more behind; a batch may have freed what it could not see.
            if result.claimed.count == request.limit { session.state.withLock { $0.mayHaveWork = true } }
        }
        start(result.claimed, in: &group)
        if endedSincePrune >= 1024 { await prune() }
    }

    private mutating func turnFailed(_ error: QueueError, _ batch: [FinishedAttempt]) async {
        session.state.withLock { $0.mayHaveWork = true }
        if !batch.isEmpty {
            // The very batch is stored, or split until its bad item is alone, before anything else is done.
            await attendance.recover(after: error)
            return
        }
        failedClaims += 1
        if error.isTransient {
            let delay = queue.configuration.completions.backoff.delay(afterFailures: failedClaims)
            retryClaimAt = session.ticker.now() + delay
            queue.configuration.log.log(.warning, "claiming failed, and is tried again in \(delay): \(error)")
            return
        }
        queue.configuration.log.log(.error, "claiming failed, and the queue stops: \(error)")
        fatal = error
        session.stop(within: queue.configuration.shutdownTimeLimit)
    }

    private func rules() -> AdmissionRules {
        let sources = queue.configuration.pressure
        let pressure = sources.isEmpty ? 0 : PressureGate.highest(of: sources)
        return queue.admission.withLock { admission in
            admission.setLeastPriority(PressureGate.leastPriority(at: pressure))
            return admission.current()
        }
    }

    private mutating func start(_ claimed: [JobRecord], in group: inout DiscardingTaskGroup) {
        if claimed.isEmpty { return }
        var executions: [Execution] = []
        executions.reserveCapacity(claimed.count)
        for job in claimed {
            guard let executor = queue.registry.byType[job.type] else { continue }
            executions.append(Execution(job, executor: executor, worker: worker))
        }
        let stopped = session.state.withLock { $0.start(executions) }
        for execution in stopped { execution.cancel(.cancelled) }
        queue.tellStarted(executions.lazy.map(\.job))
        for execution in executions {
            if execution.timeLimit != nil {
                execution.begin(at: session.ticker.now())
                limited.append(execution)
            }
            group.addTask { [session] in await session.perform(execution) }
        }
    }

    // MARK: Time

    /// Does what has become due: time limits, the end of a drain, a look for work.
    private mutating func ring(at now: Duration) {
        if let alarm, alarm <= now { self.alarm = nil }
        if nextPoll <= now {
            nextPoll = now + queue.configuration.pollInterval
            session.state.withLock { $0.mayHaveWork = true }
        }
        if let nextDue, nextDue <= now {
            self.nextDue = nil
            session.state.withLock { $0.mayHaveWork = true }
        }
        for execution in session.state.withLock({ $0.cancelIfDue(at: now) }) { execution.cancel(.shuttingDown) }
        guard !limited.isEmpty else { return }
        let running = session.state.withLock { $0.running }
        limited.removeAll { execution in
            guard running[execution.job.id] === execution, let deadline = execution.deadline else { return true }
            guard deadline <= now else { return false }
            execution.cancel(.timedOut)
            return true
        }
    }

    private mutating func noteDue(_ due: Timestamp?) {
        nextDue = due.map { session.ticker.now() + max($0.since(queue.now), .zero) }
    }

    /// Sees to it that the doorbell rings when the next thing becomes due.
    private mutating func setAlarm(in group: inout DiscardingTaskGroup) {
        var next = min(nextUpkeep, nextPoll)
        if let nextDue { next = min(next, nextDue) }
        if let retryClaimAt { next = min(next, retryClaimAt) }
        for execution in limited { next = min(next, execution.deadline ?? next) }
        if let deadline = session.state.withLock({ $0.stop == .draining ? $0.stopDeadline : nil }) {
            next = min(next, deadline)
        }
        // An alarm that rings too early costs a look; so only an earlier one has to be set.
        if let alarm, alarm <= next { return }
        alarm = next
        group.addTask { [session, next] in
            try? await session.ticker.sleep(next)
            session.doorbell.ring()
        }
    }

    // MARK: Upkeep

    /// Renews the lease and looks after other workers' jobs, when it is time.
    private mutating func keepUp(at now: Duration) async {
        guard nextUpkeep <= now else { return }
        nextUpkeep = now + queue.configuration.lease / 3
        do {
            let renewal = try await queue.store.renewLease(of: worker, at: queue.now)
            if renewal.isHeld {
                session.take(.stop(renewal.cancelRequested))
            } else {
                try await openNewLease()
            }
            queue.tell(
                try await queue.store.recover(at: queue.now, maximumCrashes: queue.configuration.maximumCrashes))
            session.state.withLock { $0.holdsChanged = true }
        } catch {
            queue.configuration.log.log(.warning, "the upkeep of \(worker) failed, and is tried again: \(error)")
        }
    }

    private mutating func openNewLease() async throws(QueueError) {
        queue.configuration.log.log(.warning, "\(worker) has lost its lease; its jobs are stopped")
        for execution in session.state.withLock({ Array($0.running.values) }) { execution.cancel(.leaseLost) }
        worker = try await queue.store.openWorker(lease: queue.configuration.lease, at: queue.now)
        session.state.withLock { $0.mayHaveWork = true }
    }

    /// Looks for work again when the first of the stored holds lifts itself.
    private mutating func noteHolds() async {
        let changed = session.state.withLock { state in
            defer { state.holdsChanged = false }
            return state.holdsChanged
        }
        guard changed, let pauses = try? await queue.store.pauses(at: queue.now) else { return }
        guard let first = pauses.compactMap(\.until).min() else { return }
        let end = session.ticker.now() + max(first.since(queue.now), .zero)
        nextPoll = min(nextPoll, end)
    }

    private mutating func prune() async {
        defer { endedSincePrune = 0 }
        guard let retention = queue.configuration.retention else { return }
        do {
            _ = try await queue.store.prune(retention, limit: endedSincePrune * 2, at: queue.now)
        } catch {
            queue.configuration.log.log(.warning, "deleting ended jobs failed, and is tried again: \(error)")
        }
    }
}
