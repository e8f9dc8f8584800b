import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

@Suite("Worker state: turns") struct WorkerTurnTests {
    private var state = StubState.running()
    private let busy = ChannelStatus(uncommitted: 20_000, isHoldingBack: true)

    private func answer(
        stored: Int = 0, claimed: Int = 0, started: [StubJob] = [], nextDue: Duration? = nil,
        isHeldByLoad: Bool = false, preemptors: Int = 0
    ) -> TurnAnswer<StubJob> {
        TurnAnswer(
            stored: stored, claimed: claimed, started: started, nextDue: nextDue, isHeldByLoad: isHeldByLoad,
            preemptors: preemptors)
    }

    private func error(_ code: QueueError.Code, isTransient: Bool = false) -> QueueError {
        var error = QueueError(code, "test")
        error.isTransient = isTransient
        return error
    }

    // MARK: Planning

    @Test("S9 the first turn asks for all free slots, under the lease")
    mutating func first() {
        let plan = state.plan(concurrency: 4)
        #expect(plan.claim == TurnPlan.Claim(lease: WorkerID(rawValue: 1), limit: 4))
        #expect(plan.runs)
        #expect(!plan.isOver)
    }

    @Test("S9 a turn that knows of no work and has no batch does not run")
    mutating func nothing() {
        state = .idle()
        let plan = state.plan()
        #expect(plan.claim == nil)
        #expect(!plan.runs)
    }

    @Test("C2 a batch makes a turn, and asks for the slots that its jobs have freed")
    mutating func batch() {
        state = .idle()
        state.run(StubJob(1))
        let plan = state.plan(finishing: 2, concurrency: 4, uncommitted: 2)
        #expect(plan.claim?.limit == 3)
        #expect(plan.runs)
    }

    @Test("C2 a batch without a free slot is stored without a claim")
    mutating func batchWithoutSlots() {
        state.run(StubJob(1))
        let plan = state.plan(finishing: 1, concurrency: 1, uncommitted: 1)
        #expect(plan.claim == nil)
        #expect(plan.runs)
    }

    @Test("S9 without a lease nothing is claimed")
    mutating func noLease() {
        state = StubState(settings: WorkerSettings())
        #expect(state.plan().claim == nil)
    }

    @Test("C7 while too much waits to be stored nothing is claimed, and the work is not forgotten")
    mutating func holdingBack() {
        let held = state.planTurn(finishing: 1, concurrency: 4, channel: busy)
        #expect(held.claim == nil)
        #expect(held.isHeldBack)
        #expect(state.plan().claim?.limit == 4)
    }

    @Test("C6 while a batch is recovered nothing is claimed and no batch taken")
    mutating func recovering() {
        #expect(!state.recovery.isActive)
        state.recovery.request(after: error(.leaseLost))
        #expect(state.recovery.isActive)
        #expect(state.plan().claim == nil)
        _ = state.recovery.begin()
        #expect(state.plan().claim == nil)
        _ = state.recoveryEnded()
        #expect(!state.recovery.isActive)
        #expect(state.plan().claim?.limit == 4)
    }

    @Test("L5 while claims are in doubt nothing is claimed")
    mutating func inDoubt() {
        state.claims.isInDoubt = true
        #expect(state.plan().claim == nil)
    }

    @Test("C8 a worker that stops claims nothing")
    mutating func stopping() {
        _ = state.stopAsked(deadline: .seconds(9))
        #expect(state.plan().claim == nil)
    }

    @Test("D3 a lower concurrency counts with the next turn")
    mutating func concurrency() {
        state.run(StubJob(1), StubJob(2), StubJob(3))
        #expect(state.plan(concurrency: 2).claim == nil)
        #expect(state.plan(concurrency: 5).claim?.limit == 2)
    }

    @Test("C2 a turn takes up the completions that were noted")
    mutating func takesCompletions() {
        state.members.noteCompletions()
        _ = state.plan()
        #expect(!state.members.hasCompletions)
    }

    // MARK: The end

    @Test("D11 a worker that ends when idle is done once it has asked in vain and nothing runs or waits")
    mutating func idle() {
        state = .idle(WorkerSettings(endsWhenIdle: true))
        #expect(state.plan().isOver)
        state.run(StubJob(1))
        #expect(!state.plan().isOver)
    }

    @Test("D11 a worker that is idle goes on if it is not to end")
    mutating func idleGoesOn() {
        state = .idle()
        #expect(!state.plan().isOver)
    }

    @Test("D11 a worker is not idle while completions wait, a job becomes due, or load holds jobs back")
    mutating func notIdle() {
        state = .idle(WorkerSettings(endsWhenIdle: true))
        #expect(!state.plan(uncommitted: 1).isOver)
        state.timers.nextDue = .seconds(99)
        #expect(!state.plan().isOver)
        state.timers.nextDue = nil
        state.timers.loadCheck = .seconds(99)
        #expect(!state.plan().isOver)
        state.timers.loadCheck = nil
        state.schedules.done(next: .seconds(9), isRetrying: true)
        #expect(!state.plan().isOver)
        state.schedules.done(next: .seconds(9), isRetrying: false)
        #expect(state.plan().isOver, "what schedules bring later is not waited for")
    }

    @Test("D11 a worker is not idle while claims are in doubt or a batch is recovered")
    mutating func notIdleInDoubt() {
        state = .idle(WorkerSettings(endsWhenIdle: true))
        state.claims.isInDoubt = true
        #expect(!state.plan().isOver)
        state.claims.isInDoubt = false
        state.recovery.request(after: error(.leaseLost))
        #expect(!state.plan().isOver)
    }

    @Test("D11 the turn that asks is not the last")
    mutating func askingIsNotOver() {
        state = .running(WorkerSettings(endsWhenIdle: true))
        #expect(!state.plan().isOver)
    }

    @Test("C8 a worker that stops is done when nothing runs and all is stored")
    mutating func stopped() {
        state.run(StubJob(1))
        _ = state.stopAsked(deadline: .seconds(9))
        #expect(!state.plan().isOver)
        state.attemptEnded(StubJob(1))
        #expect(!state.plan(uncommitted: 1).isOver)
        #expect(state.plan().isOver)
    }

    @Test("C8 a worker that stops waits for the last attempt to store")
    mutating func stoppedDuringLastAttempt() {
        state.recovery.request(after: error(.leaseLost))
        _ = state.stopAsked(deadline: .zero)
        _ = state.timersFired(at: .zero, reportsProgress: false)
        #expect(state.lastAttemptBegins() == true)
        _ = state.recoveryEnded()
        #expect(!state.plan().isOver)
        _ = state.lastAttemptEnded(unstored: [JobID(1)])
        #expect(state.plan().isOver)
        #expect(state.recovery.unstored == [JobID(1)])
    }

    // MARK: The answer

    @Test("D3 claimed jobs have their slots before they are reported")
    mutating func started() {
        _ = state.turnDone(answer(claimed: 2, started: [StubJob(1), StubJob(2)]), limit: 4, at: .zero)
        #expect(state.jobs.count == 2)
        #expect(state.members.waitingCount == 0)
        _ = state.jobsReady([StubJob(1), StubJob(2)], watching: [], byMember: false)
        #expect(state.members.waitingCount == 2)
        #expect(state.members.vacancies == 2)
    }

    @Test("D3 jobs that are ready wake a member that rests")
    mutating func readyWakes() {
        _ = state.members.rest(7)
        #expect(state.jobsReady([StubJob(1)], watching: [], byMember: false) == 7)
    }

    @Test("E3 the limits of started jobs are watched")
    mutating func watched() {
        let job = StubJob(1, deadline: .seconds(2))
        _ = state.turnDone(answer(claimed: 1, started: [job]), limit: 4, at: .zero)
        _ = state.jobsReady([job], watching: [job], byMember: false)
        #expect(state.jobs.nextDeadline == .seconds(2))
    }

    @Test("S9 a full answer may have left more behind")
    mutating func full() {
        _ = state.plan(concurrency: 1)
        _ = state.turnDone(answer(claimed: 1, started: [StubJob(1)]), limit: 1, at: .zero)
        #expect(state.claims.mayHaveWork)
    }

    @Test("S9 an answer that is not full has left nothing behind")
    mutating func notFull() {
        _ = state.plan(concurrency: 4)
        _ = state.turnDone(answer(claimed: 1, started: [StubJob(1)]), limit: 4, at: .zero)
        #expect(!state.claims.mayHaveWork)
    }

    @Test("S9 the next due job and the next look at held jobs are noted, and forgotten with the next claim")
    mutating func timers() {
        _ = state.turnDone(answer(nextDue: .seconds(3), isHeldByLoad: true), limit: 4, at: .seconds(2))
        #expect(state.timers.nextDue == .seconds(3))
        #expect(state.timers.loadCheck == .seconds(3))
        _ = state.turnDone(answer(), limit: 4, at: .seconds(2))
        #expect(state.timers.nextDue == nil)
        #expect(state.timers.loadCheck == nil)
    }

    @Test("S9 a turn without a claim knows nothing of what becomes due")
    mutating func timersWithoutClaim() {
        _ = state.turnDone(answer(nextDue: .seconds(3), isHeldByLoad: true), limit: 4, at: .zero)
        _ = state.turnDone(answer(stored: 1), limit: nil, at: .zero)
        #expect(state.timers.nextDue == .seconds(3))
        #expect(state.timers.loadCheck == .seconds(1))
    }

    @Test("D7 urgent jobs that only lack a slot preempt the least urgent that run")
    mutating func preempts() {
        state = .running(WorkerSettings(preemptsAt: .high))
        state.run(StubJob(1, priority: .background), StubJob(2, priority: .high))
        let actions = state.turnDone(answer(preemptors: 1), limit: 0, at: .zero)
        #expect(actions.preempted.map(\.id) == [JobID(1)])
    }

    @Test("D7 without the setting, or without a claim, nobody is preempted")
    mutating func preemptsNobody() {
        state.run(StubJob(1, priority: .background))
        #expect(state.turnDone(answer(preemptors: 1), limit: 0, at: .zero).preempted.isEmpty)
        state = .running(WorkerSettings(preemptsAt: .high))
        state.run(StubJob(1, priority: .background))
        #expect(state.turnDone(answer(preemptors: 1), limit: nil, at: .zero).preempted.isEmpty)
    }

    @Test("S8 old jobs are deleted once in about a thousand that have ended")
    mutating func prunes() {
        #expect(!state.turnDone(answer(stored: 1000), limit: nil, at: .zero).prunes)
        #expect(state.turnDone(answer(stored: 24), limit: nil, at: .zero).prunes)
        #expect(state.pruning.take() == 1024)
        #expect(!state.turnDone(answer(stored: 1), limit: nil, at: .zero).prunes)
    }

    // MARK: Failure

    @Test("C6 a batch whose turn failed is recovered, and only the loop can start that")
    mutating func failedBatch() {
        let failure = state.turnFailed(error(.sqlite), hadBatch: true, hadClaim: false, at: .zero)
        #expect(failure == .goOn)
        #expect(state.needsLoop)
        let recovered = state.recovery.begin()
        #expect(recovered?.isTransient == false)
        #expect(state.claims.isInDoubt)
    }

    @Test("C6 a turn that claimed as well does not say what was at fault: its batch is stored alone first")
    mutating func failedBatchAndClaim() {
        _ = state.turnFailed(error(.sqlite), hadBatch: true, hadClaim: true, at: .zero)
        let recovered = state.recovery.begin()
        #expect(recovered?.isTransient == true)
    }

    @Test("C6 a claim that failed for now is tried again after a delay that grows, and not before")
    mutating func failedClaim() {
        let busy = error(.sqlite, isTransient: true)
        #expect(state.turnFailed(busy, hadBatch: false, hadClaim: true, at: .zero) == .retry(.milliseconds(5)))
        #expect(state.timers.claimRetry == .milliseconds(5))
        #expect(state.turnFailed(busy, hadBatch: false, hadClaim: true, at: .zero) == .retry(.milliseconds(10)))
        #expect(state.plan().claim == nil)
        _ = state.timersFired(at: .milliseconds(10), reportsProgress: false)
        #expect(state.timers.claimRetry == nil)
    }

    @Test("C6 a turn that succeeds begins the delays anew")
    mutating func failedClaimAgain() {
        let busy = error(.sqlite, isTransient: true)
        _ = state.turnFailed(busy, hadBatch: false, hadClaim: true, at: .zero)
        _ = state.turnDone(answer(), limit: 4, at: .zero)
        #expect(state.timers.claimRetry == nil)
        #expect(state.turnFailed(busy, hadBatch: false, hadClaim: true, at: .zero) == .retry(.milliseconds(5)))
    }

    @Test("S9 a claim that failed for good stops the worker, with the time that a shutdown has")
    mutating func fatal() {
        let failure = state.turnFailed(error(.sqlite), hadBatch: false, hadClaim: true, at: .seconds(1))
        #expect(failure == .stop(deadline: .seconds(31)))
        #expect(state.claims.fatalError?.code == .sqlite)
        #expect(state.needsLoop)
    }

    @Test("L5 a lost lease is replaced, with or without a batch, and puts nothing in doubt")
    mutating func lostLease() {
        let lost = error(.leaseLost)
        #expect(state.turnFailed(lost, hadBatch: false, hadClaim: true, at: .zero) == .replaceLease)
        #expect(!state.claims.isInDoubt)
        #expect(!state.recovery.isActive)
        #expect(state.turnFailed(lost, hadBatch: true, hadClaim: true, at: .zero) == .replaceLease)
        #expect(state.recovery.isRequested)
        #expect(state.claims.fatalError == nil)
    }

    @Test("L5 a lease that can't be replaced yet is a claim that failed")
    mutating func lostLeaseTwice() {
        _ = state.turnFailed(error(.leaseLost), hadBatch: false, hadClaim: true, at: .zero)
        #expect(state.claimFailed(at: .seconds(1)) == .milliseconds(5))
        #expect(state.plan().claim == nil)
        state.leaseReplaced(by: WorkerID(rawValue: 2))
        #expect(state.lease.id == WorkerID(rawValue: 2))
        #expect(state.claims.mayHaveWork)
    }

    // MARK: The end of a turn

    @Test("C2 a member's turn that leaves nothing behind wakes nobody")
    mutating func memberEnds() {
        state = .idle()
        _ = state.loop.wait(loopWaiter)
        #expect(state.memberBeginsTurn() == true)
        let plan = state.plan()
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus()) == nil)
        #expect(state.turn.owner == .nobody)
    }

    @Test("C2 a member that finds the turn taken leaves it to the loop, which is woken at its end")
    mutating func handedOver() {
        state = .idle()
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan()
        #expect(state.memberBeginsTurn() == false)
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus(uncommitted: 1)) == loopWaiter)
        #expect(state.turn.owner == .loop)
        #expect(!state.members.hasCompletions, "the loop takes them up")
    }

    @Test("C2 the loop that finds a member's turn is woken at its end")
    mutating func loopWaits() {
        state = .idle()
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan()
        #expect(state.loopBegins() == false)
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus()) == loopWaiter)
        #expect(state.loopBegins() == true)
    }

    @Test("D3 a member's turn that has claimed more jobs than there are members wakes the loop, to create some")
    mutating func vacancies() {
        state = .idle()
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan()
        _ = state.jobsReady([StubJob(1), StubJob(2)], watching: [], byMember: true)
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus()) == loopWaiter)
        #expect(state.members.takeVacancies() == 1)
    }

    @Test("S9 a member's turn that has set an earlier timer wakes the loop, to set an alarm")
    mutating func earlierTimer() {
        state = .idle()
        _ = state.timersFired(at: .seconds(1), reportsProgress: false)
        _ = state.loopBegins()
        #expect(state.loopEnds(channel: ChannelStatus()).alarm == .seconds(5))
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan()
        _ = state.turnDone(answer(nextDue: .seconds(3)), limit: 4, at: .seconds(1))
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus()) == loopWaiter)
    }

    @Test("D11 a member's turn after which nothing runs wakes the loop of a worker that may end")
    mutating func mayEnd() {
        state = .idle(WorkerSettings(endsWhenIdle: true))
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan()
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus()) == loopWaiter)
    }

    @Test("C8 a member's turn after which nothing runs wakes the loop of a worker that stops")
    mutating func mayStop() {
        state = .idle()
        _ = state.stopAsked(deadline: .seconds(1))
        _ = state.timers.setAlarm(at: .zero)
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan()
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus()) == loopWaiter)
    }

    @Test("C7 a member's turn that has stored so much that claims are possible again wakes the loop")
    mutating func noLongerHeldBack() {
        state = .idle()
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.planTurn(finishing: 9, concurrency: 4, channel: busy)
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus(uncommitted: 0)) == loopWaiter)
    }

    @Test("C6 a member's turn whose batch failed wakes the loop, and leaves new completions to it")
    mutating func failedTurnEnds() {
        state = .idle()
        _ = state.loop.wait(loopWaiter)
        _ = state.memberBeginsTurn()
        let plan = state.plan(finishing: 1, uncommitted: 1)
        _ = state.turnFailed(error(.sqlite), hadBatch: true, hadClaim: true, at: .zero)
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus(uncommitted: 2)) == loopWaiter)
        #expect(!state.members.hasCompletions)
    }
}
