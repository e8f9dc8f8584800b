import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// The loop of one run: takes finished attempts, hands them to the store together with the next claim, starts what was
/// claimed, and sleeps until something happens.
///
/// A turn may as well be run by a member of the crew whose job has ended last (``turnByMember()``). Turns are one after another, and what the
/// loop knows is touched by who has the ``Baton`` alone, so it needs no lock; that is also why it may go from task to task though it is not
/// `Sendable` by itself.
final class RunLoop: @unchecked Sendable {
    private let session: RunSession
    private let core: QueueCore
    private let attendance: Attendance<FinishedAttempt, CompletionOutcome>
    private var worker: WorkerID
    private var scheduler: Scheduler
    private var teller: ProgressTeller

    /// When the lease is renewed next.
    private var nextUpkeep: Duration
    /// When the next job becomes due, as far as is known.
    private var nextDue: Duration?
    /// When the next of the stored holds lifts itself, as far as is known.
    private var nextLift: Duration?
    /// When the loop looks for work without a signal.
    private var nextPoll: Duration
    /// When jobs that the machine's load holds back are looked at again.
    private var nextLoadLook: Duration?
    /// When a failed claim is tried again.
    private var retryClaimAt: Duration?
    private var failedClaims = 0
    /// Jobs with a time limit for each attempt.
    private var limited: [Execution] = []
    /// How many of them were left when those were forgotten that had ended.
    private var limitedAfterLook = 0
    /// Whether there are fewer members than jobs.
    private var isShortOfMembers = false
    /// When the alarms that are set ring: each before the one that was set before it, so that the next is the last.
    private var alarms: [Duration] = []
    private var endedSincePrune = 0
    /// Whether a turn has failed whose answer may be lost rather than its effect: jobs may be this worker's without its knowing.
    private var isInDoubt = false
    /// When jobs that have expired are looked for next.
    private var nextSweep: Duration
    /// Why a batch could not be stored, until its recovery has begun.
    private var failure: QueueError?
    private let baton = Baton()
    /// What made the loop stop by itself.
    private(set) var fatal: QueueError?

    init(
        _ session: RunSession, worker: WorkerID, attendance: Attendance<FinishedAttempt, CompletionOutcome>
    ) {
        self.session = session
        core = session.core
        scheduler = Scheduler(session)
        teller = ProgressTeller(session)
        self.worker = worker
        self.attendance = attendance
        let now = session.ticker.now()
        nextUpkeep = now + session.core.configuration.lease / 3
        nextPoll = now + session.core.configuration.pollInterval
        nextSweep = now + session.core.configuration.expiryInterval
        session.state.withLock { $0.worker = worker }
    }

    /// The worker's present lease.
    var lease: WorkerID { worker }

    /// Goes on until the session is stopped and nothing runs here any more.
    func run(in group: inout DiscardingTaskGroup) async {
        while true {
            guard baton.takeForLoop() else {
                await session.doorbell.wait()
                continue
            }
            let now = session.ticker.now()
            ring(at: now)
            tellProgress(at: now, in: &group)
            await keepUp(at: now)
            await sweep(at: now)
            await scheduler.fireDue(at: now)
            await stopAsked()
            await noteHolds()
            await findLostClaims()
            drainIfDue(in: &group)
            let (plan, hasRun) = await turn(byMember: false)
            complete(in: &group)
            if hasRun { continue }
            if plan.isOver { return }
            setAlarm(in: &group)
            if !baton.giveUp() { await session.doorbell.wait() }
        }
    }

    /// Runs a turn in a member of the crew, unless somebody is at it; then the loop runs another afterwards.
    func turnByMember() async {
        guard baton.takeForMember() else { return }
        _ = await turn(byMember: true)
        let isNeeded = needsLoop
        if baton.giveUp() || isNeeded { session.doorbell.ring() }
    }

    /// Whether there is something to do that only the loop can.
    private var needsLoop: Bool {
        if failure != nil || fatal != nil || isInDoubt || isShortOfMembers { return true }
        if alarms.last.map({ nextInstant() < $0 }) ?? true { return true }
        // Whether all is done is for the loop to say.
        return session.state.withLock { ($0.endsWhenIdle || $0.stop != .no) && $0.running.isEmpty }
    }

    /// Makes the members that are missing, and recovers the batch that could not be stored: new tasks are children of the loop's.
    private func complete(in group: inout DiscardingTaskGroup) {
        if isShortOfMembers {
            isShortOfMembers = false
            for _ in 0..<session.crew.takeVacancies() {
                group.addTask { [self, session] in
                    await session.crew.serve {
                        await session.perform($0)
                    } turn: {
                        await turnByMember()
                    }
                }
            }
        }
        if let failure {
            self.failure = nil
            recover(after: failure, in: &group)
        }
    }

    // MARK: One turn

    private struct Plan {
        /// How many jobs to ask for; 0: only whether others have to be set aside, `nil`: nothing is asked.
        var limit: Int?
        var isOver: Bool
    }

    /// Decides how many jobs to ask for, and whether all is done.
    private func plan(finishing: Int) -> Plan {
        let concurrency = core.rules.concurrency
        let waitsForStore = retryClaimAt != nil
        let isInDoubt = isInDoubt
        let nothingDue = nextDue == nil && nextLoadLook == nil && !scheduler.isRetrying
        return session.state.withLock { state in
            // What the channel says is read under the lock under which a job leaves `running` and enters it.
            let isHeldBack = session.channel.isHoldingBack
            let mayClaim = !isHeldBack && !waitsForStore && !state.isRecovering && !isInDoubt && state.stop == .no
            let free = mayClaim ? state.free(of: concurrency) : 0
            let limit: Int? =
                if free > 0, state.mayHaveWork || finishing > 0 {
                    free
                } else {
                    mayClaim && state.mayPreempt ? 0 : nil
                }
            if limit != nil { state.mayPreempt = false }
            // A batch that is stored without a claim may still free what a later claim can use.
            state.mayHaveWork = limit ?? 0 == 0 && (state.mayHaveWork || finishing > 0)
            let isQuiet =
                state.running.isEmpty && session.channel.uncommitted == 0 && !state.isRecovering && !state.isDraining
            let isIdle = isQuiet && limit == nil && !state.mayHaveWork && !isInDoubt && nothingDue
            return Plan(limit: limit, isOver: state.stop != .no ? isQuiet : isIdle && state.endsWhenIdle)
        }
    }

    /// Runs a turn if there is something to do.
    private func turn(byMember: Bool) async -> (plan: Plan, hasRun: Bool) {
        _ = session.crew.takeEnds()
        // A batch that is being recovered has to end before another begins.
        let batch = session.state.withLock { $0.isRecovering } ? [] : attendance.take()
        let plan = plan(finishing: batch.count)
        let runs = !batch.isEmpty || plan.limit != nil
        if runs { await turn(batch, plan, byMember: byMember) }
        return (plan, runs)
    }

    /// Hands a batch to the store together with a claim, in one transaction, and starts what was claimed.
    private func turn(_ batch: [FinishedAttempt], _ plan: Plan, byMember: Bool) async {
        let request = plan.limit.map {
            ClaimRequest(
                worker: worker, limit: $0, rules: core.rules.current(), preemptsAt: core.configuration.preemptsAt)
        }
        let started = session.ticker.now()
        let result: TurnResult
        do {
            result = try await core.store.turn(
                finishing: batch.map(\.completion), claiming: request, at: core.now)
        } catch {
            await turnFailed(error, batch, claimed: request != nil)
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
            nextLoadLook =
                result.isHeldByLoad ? session.ticker.now() + core.configuration.loadInterval : nil
            // A full answer may have left more behind; a batch may have freed what it could not see.
            if result.claimed.count == request.limit { session.state.withLock { $0.mayHaveWork = true } }
        }
        start(result.claimed, byMember: byMember)
        core.tellStanding()
        if let priority = request?.preemptsAt, result.preemptors > 0 {
            let victims = session.state.withLock { $0.victims(for: result.preemptors, above: priority) }
            for execution in victims { execution.cancel(.preempted) }
        }
        if endedSincePrune >= 1024 { await prune() }
    }

    private func turnFailed(
        _ error: QueueError, _ batch: [FinishedAttempt], claimed: Bool
    ) async {
        session.state.withLock { $0.mayHaveWork = true }
        if error.code == .leaseLost { await replaceLease() } else { isInDoubt = true }
        guard batch.isEmpty else {
            // A turn that claimed as well does not say what was at fault: then the batch is stored alone before it is judged.
            var error = error
            error.isTransient = error.isTransient || claimed
            session.state.withLock { $0.isRecovering = true }
            failure = error
            return
        }
        if error.code == .leaseLost { return }
        if error.isTransient {
            retryClaim(after: error)
            return
        }
        core.configuration.log.log(.error, "claiming failed, and the queue stops: \(error)")
        fatal = error
        session.stop(within: core.configuration.shutdownTimeLimit)
    }

    private func retryClaim(after error: QueueError) {
        failedClaims += 1
        let delay = core.configuration.storeRetryDelay.delay(afterFailures: failedClaims)
        retryClaimAt = session.ticker.now() + delay
        core.configuration.log.log(.warning, "claiming failed, and is tried again in \(delay): \(error)")
    }

    /// Takes in the jobs that the store has for this worker's and that never came to it, because the answer to a turn was lost.
    ///
    /// Nobody else may touch them while the lease holds, so they would never end.
    private func findLostClaims() async {
        if session.state.withLock({ $0.takeGivenUp() }) { isInDoubt = true }
        guard isInDoubt, retryClaimAt == nil else { return }
        do {
            guard let lost = try await session.lostClaims(of: worker) else { return }
            isInDoubt = false
            start(lost, byMember: false)
        } catch {
            retryClaim(after: error)
        }
    }

    /// Stores the very batch, or splits it until its bad item is alone, beside the loop: time limits, leases and stops go on.
    private func recover(after error: QueueError, in group: inout DiscardingTaskGroup) {
        group.addTask { [session, attendance] in
            await attendance.recover(after: error)
            session.state.withLock { $0.isRecovering = false }
            session.doorbell.ring()
        }
    }

    /// Takes a batch that can't be stored from its recovery when the time for a stop is up; else it would be tried for ever.
    private func drainIfDue(in group: inout DiscardingTaskGroup) {
        guard session.state.withLock({ $0.beginDraining() }) else { return }
        let limit = core.configuration.shutdownTimeLimit
        group.addTask { [session] in
            let items = await session.channel.drain(within: limit)
            for item in items { item.giveUp() }
            session.state.withLock { $0.endDraining(items) }
            session.doorbell.ring()
        }
    }

    /// Stops the jobs that the store told to stop, for the reason that it has.
    private func stopAsked() async {
        for execution in session.state.withLock({ $0.takeAsked() }) where execution.cancellation != .cancelled {
            do {
                let record = try await core.store.job(execution.job.id)
                if let reason = execution.reasonToStop(record) { execution.cancel(reason) }
            } catch {
                // A request to cancel is named again when the lease is renewed.
                core.configuration.log.log(.warning, "\(execution.job.id) can't be stopped yet: \(error)")
            }
        }
    }

    private func start(_ claimed: [JobRecord], byMember: Bool) {
        if claimed.isEmpty { return }
        var executions: [Execution] = []
        executions.reserveCapacity(claimed.count)
        for job in claimed {
            guard let executor = core.registry.byType[job.type] else { continue }
            executions.append(Execution(job, executor: executor, worker: worker))
        }
        session.state.withLock { state in
            for execution in executions { state.start(execution) }
        }
        core.tellStarted(executions)
        for execution in executions where execution.timeLimit != nil {
            execution.begin(at: session.ticker.now())
            limited.append(execution)
        }
        if limited.count > 2 * limitedAfterLook + 1024 { forgetEnded() }
        if session.crew.add(executions, byMember: byMember) { isShortOfMembers = true }
    }

    // MARK: Time

    /// Does what has become due: time limits, the end of a drain, a look for work.
    private func ring(at now: Duration) {
        while let alarm = alarms.last, alarm <= now { alarms.removeLast() }
        if nextPoll <= now {
            nextPoll = now + core.configuration.pollInterval
            session.state.withLock { $0.mayHaveWork = true }
        }
        // What is past would ring at once, again and again, while there is no slot to claim for.
        if let retryClaimAt, retryClaimAt <= now { self.retryClaimAt = nil }
        if let nextDue, nextDue <= now {
            self.nextDue = nil
            session.state.withLock { $0.mayHaveWork = true }
        }
        if let nextLoadLook, nextLoadLook <= now {
            self.nextLoadLook = nil
            session.state.withLock { $0.mayHaveWork = true }
        }
        if let nextLift, nextLift <= now {
            self.nextLift = nil
            session.state.withLock { state in
                state.mayHaveWork = true
                state.pausesChanged = true
            }
        }
        let (stopped, deaf, changed) = session.state.withLock {
            ($0.cancelIfDue(at: now), $0.takeDeaf(at: now), $0.takeLimited())
        }
        for execution in stopped { execution.cancel(.shuttingDown) }
        if !deaf.isEmpty { session.complain(of: deaf) }
        limited += changed
        forgetEnded()
        limited.removeAll { execution in
            execution.timeOut(at: now)
            return execution.cancellation != nil
        }
    }

    /// Forgets the time limits of jobs that no longer run here.
    private func forgetEnded() {
        if limited.isEmpty { return }
        let running = session.state.withLock { $0.running }
        limited.removeAll { running[$0.job.id] !== $0 }
        limitedAfterLook = limited.count
    }

    /// Tells how far the running jobs are, when it is time; beside the loop, since the store may have to be asked.
    private func tellProgress(at now: Duration, in group: inout DiscardingTaskGroup) {
        let executions = teller.due(at: now)
        if !executions.isEmpty { group.addTask { [core] in await ProgressReports(core: core).report(executions) } }
    }

    private func noteDue(_ due: Timestamp?) {
        nextDue = due.map { session.ticker.now() + max($0.since(core.now), .zero) }
    }

    /// Sees to it that the doorbell rings when the next thing becomes due.
    private func setAlarm(in group: inout DiscardingTaskGroup) {
        let next = nextInstant()
        // An alarm that rings too early costs a look; so only an earlier one has to be set.
        if let alarm = alarms.last, alarm <= next { return }
        alarms.append(next)
        group.addTask { [session, next] in
            try? await session.ticker.sleep(next)
            session.doorbell.ring()
        }
    }

    /// When the loop has to look next, whatever happens until then.
    private func nextInstant() -> Duration {
        var next = min(nextUpkeep, nextPoll, nextSweep)
        if let nextDue { next = min(next, nextDue) }
        if let nextLift { next = min(next, nextLift) }
        if let nextLoadLook { next = min(next, nextLoadLook) }
        if let due = scheduler.nextDue { next = min(next, due) }
        if let due = teller.nextDue { next = min(next, due) }
        if let retryClaimAt { next = min(next, retryClaimAt) }
        for execution in limited { next = min(next, execution.deadline ?? next) }
        if let deadline = session.state.withLock(\.stopAlarm) {
            next = min(next, deadline)
        }
        return next
    }

    // MARK: Upkeep

    /// Renews the lease and looks after other workers' jobs, when it is time.
    private func keepUp(at now: Duration) async {
        guard nextUpkeep <= now else { return }
        nextUpkeep = now + core.configuration.lease / 3
        do {
            let renewal = try await core.store.renewLease(of: worker, at: core.hostTime)
            if renewal.isHeld {
                session.state.withLock { $0.ask(renewal.cancelRequested) }
            } else {
                try await openNewLease()
            }
            core.tell(
                try await core.store.recover(at: core.hostTime, maximumCrashes: core.configuration.maximumCrashes))
            session.state.withLock { $0.pausesChanged = true }
        } catch {
            core.configuration.log.log(.warning, "the upkeep of \(worker) failed, and is tried again: \(error)")
        }
    }

    /// Opens a new lease in place of one that a turn found to be lost.
    private func replaceLease() async {
        do {
            try await openNewLease()
        } catch {
            retryClaim(after: error)
        }
    }

    private func openNewLease() async throws(QueueError) {
        core.configuration.log.log(.warning, "\(worker) has lost its lease; its jobs are stopped")
        for execution in session.state.withLock(\.executions) { execution.cancel(.leaseLost) }
        worker = try await core.store.openWorker(lease: core.configuration.lease, at: core.hostTime)
        isInDoubt = false
        session.recorder.forgetLeft()
        session.state.withLock { [worker] state in
            state.mayHaveWork = true
            state.worker = worker
        }
    }

    /// Notes when the first of the stored holds lifts itself, and stops what runs under one that says so.
    private func noteHolds() async {
        let changed = session.state.withLock { state in
            defer { state.pausesChanged = false }
            return state.pausesChanged
        }
        guard changed, let pauses = try? await core.store.pauses(at: core.now) else { return }
        let stopping = pauses.filter(\.stopsRunning)
        if !stopping.isEmpty {
            let domains = core.registry.domains
            for execution in session.state.withLock(\.executions) {
                let (domain, group) = (domains[execution.executor.domain].name, execution.job.group)
                if stopping.contains(where: { $0.target.covers(domain: domain, group: group) }) {
                    execution.cancel(.paused)
                }
            }
        }
        let first = pauses.compactMap(\.until).min()
        nextLift = first.map { session.ticker.now() + max($0.since(core.now), .zero) }
    }

    /// Ends jobs that have expired, when it is time; if there are many, some now, and the others with the next turns.
    private func sweep(at now: Duration) async {
        guard nextSweep <= now else { return }
        do {
            let sweep = try await core.store.expire(limit: Self.sweepLimit, at: core.now)
            if !sweep.isPartial { nextSweep = now + core.configuration.expiryInterval }
            core.tell(sweep.changes)
        } catch {
            nextSweep = now + core.configuration.expiryInterval
            core.configuration.log.log(.warning, "ending expired jobs failed, and is tried again: \(error)")
        }
    }

    /// How many expired jobs are ended in one transaction.
    private static let sweepLimit = 256

    private func prune() async {
        defer { endedSincePrune = 0 }
        guard let retention = core.configuration.retention else { return }
        do {
            _ = try await core.store.prune(retention, limit: endedSincePrune * 2, at: core.now)
        } catch {
            core.configuration.log.log(.warning, "deleting ended jobs failed, and is tried again: \(error)")
        }
    }
}
