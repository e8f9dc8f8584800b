import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

extension Worker {
    /// Runs a turn in a member, unless one is in progress; then the loop runs another afterwards.
    func turnByMember() async {
        let concurrency = core.rules.concurrency
        let begun = lock.state.withLock { state in
            state.memberBeginsTurn() ? beginTurn(in: &state, concurrency: concurrency) : nil
        }
        guard let (batch, plan) = begun else { return }
        if plan.runs { await turn(batch, plan, byMember: true) }
        lock.send { $0.memberEndsTurn(plan, channel: channelStatus) }
    }

    /// Runs a turn in the loop, which owns it, if there is something to do.
    func turnByLoop() async -> TurnPlan {
        let concurrency = core.rules.concurrency
        let (batch, plan) = lock.state.withLock { beginTurn(in: &$0, concurrency: concurrency) }
        if plan.runs { await turn(batch, plan, byMember: false) }
        return plan
    }

    /// Takes a batch and plans the turn, both under the lock under which attempts end.
    private func beginTurn(
        in state: inout WorkerStateLock.State, concurrency: Int
    ) -> (batch: [FinishedAttempt], plan: TurnPlan) {
        let batch = state.recovery.isActive ? [] : consumer.take()
        return (batch, state.planTurn(finishing: batch.count, concurrency: concurrency, channel: channelStatus))
    }

    /// Passes a batch to the store together with a claim, in one transaction, reports it, and starts what was
    /// claimed.
    private func turn(_ batch: [FinishedAttempt], _ plan: TurnPlan, byMember: Bool) async {
        let request = plan.claim.map {
            ClaimRequest(
                worker: $0.lease, limit: $0.limit, rules: core.rules.current(),
                preemptsAt: core.configuration.preemptsAt)
        }
        let start = ticker.now()
        let result: TurnResult
        do {
            result = try await core.store.turn(
                finishing: batch.map(\.completion), claiming: request, at: core.now)
        } catch {
            return await turnFailed(error, hadBatch: !batch.isEmpty, hadClaim: request != nil)
        }
        let now = ticker.now()
        report(TurnReport(batch, result, took: now - start), of: batch, result)
        let started = plan.claim.map { executions(of: result.claimed, under: $0.lease) } ?? []
        let answer = TurnAnswer(
            stored: batch.count, claimed: result.claimed.count, started: started,
            nextDue: result.nextDue.map { now + max($0.since(core.now), .zero) },
            isHeldByLoad: result.isHeldByLoad, preemptors: result.preemptors)
        let actions = lock.state.withLock { $0.turnDone(answer, limit: plan.claim?.limit, at: now) }
        begin(started, byMember: byMember)
        reportStatus()
        for execution in actions.preempted { execution.cancel(.preempted) }
        if actions.prunes { await prune() }
    }

    /// Reports what a turn has changed, and settles its batch.
    private func report(_ report: TurnReport, of batch: [FinishedAttempt], _ result: TurnResult) {
        report.settleAttempts()
        core.reporter.report(report)
        if batch.isEmpty { return }
        if report.batch.isEmpty {
            // A store that does not answer for each attempt: the channel rejects them all.
            consumer.settle(result.outcomes)
        } else {
            consumer.settle(count: batch.count)
        }
    }

    private func turnFailed(_ error: QueueError, hadBatch: Bool, hadClaim: Bool) async {
        let now = ticker.now()
        let failure = lock.state.withLock {
            $0.turnFailed(error, hadBatch: hadBatch, hadClaim: hadClaim, at: now)
        }
        switch failure {
        case .goOn:
            break
        case .replaceLease:
            await replaceLease()
        case .retry(let delay):
            log.log(.warning, "claiming failed, and is tried again in \(delay): \(error)")
        case .stop(let deadline):
            log.log(.error, "claiming failed, and the queue stops: \(error)")
            lock.send { $0.stopAsked(deadline: deadline) }
        }
    }

    // MARK: Starting

    /// Makes executions of claimed jobs, as far as there are executors for them.
    func executions(of claimed: [JobRecord], under lease: WorkerID) -> [Execution] {
        if claimed.isEmpty { return [] }
        var made: [Execution] = []
        made.reserveCapacity(claimed.count)
        for job in claimed {
            guard let executor = core.registry.byType[job.type] else { continue }
            made.append(Execution(job, executor: executor, worker: lease))
        }
        return made
    }

    /// Reports executions that have their slots, and hands them to the members.
    func begin(_ executions: [Execution], byMember: Bool) {
        if executions.isEmpty { return }
        core.reporter.reportStarted(executions)
        var limited: [Execution] = []
        for execution in executions where execution.timeLimit != nil {
            execution.begin(at: ticker.now())
            limited.append(execution)
        }
        lock.send { $0.jobsReady(executions, watching: limited, byMember: byMember) }
    }
}
