import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

@Suite("Worker state: the loop") struct WorkerLoopTests {
    private var state = StubState.idle()

    // MARK: Time

    @Test("S9 the poll makes the worker look for work, and is set anew")
    mutating func poll() {
        _ = state.timersFired(at: .milliseconds(4999), reportsProgress: false)
        #expect(!state.claims.mayHaveWork)
        _ = state.timersFired(at: .seconds(5), reportsProgress: false)
        #expect(state.claims.mayHaveWork)
        #expect(state.timers.poll == .seconds(10))
    }

    @Test(
        "S9 a due job, and jobs that load held back, make the worker look for work, once",
        arguments: [\WorkerTimers.nextDue, \.loadCheck] as [any WritableKeyPath<WorkerTimers, Duration?> & Sendable])
    func due(timer: any WritableKeyPath<WorkerTimers, Duration?> & Sendable) {
        var state = state
        state.timers[keyPath: timer] = .seconds(2)
        _ = state.timersFired(at: .seconds(1), reportsProgress: false)
        #expect(!state.claims.mayHaveWork)
        _ = state.timersFired(at: .seconds(2), reportsProgress: false)
        #expect(state.claims.mayHaveWork)
        #expect(state.timers[keyPath: timer] == nil)
    }

    @Test("D2 the end of a pause makes the worker look for work, and read the pauses")
    mutating func pauseEnds() {
        state.timers.pauseEnd = .seconds(2)
        #expect(state.nextInstant == .seconds(2))
        _ = state.timersFired(at: .seconds(2), reportsProgress: false)
        #expect(state.claims.mayHaveWork)
        #expect(state.pauses.take() == true)
        #expect(state.timers.pauseEnd == nil)
    }

    @Test("C6 the time of a retry lets the worker claim again")
    mutating func claimRetry() {
        state.claims.mayHaveWork = true
        _ = state.claimFailed(at: .zero)
        #expect(state.plan().claim == nil)
        _ = state.timersFired(at: .milliseconds(5), reportsProgress: false)
        #expect(state.plan().claim?.limit == 4)
    }

    @Test("E3 jobs that have reached their limit are returned once")
    mutating func timeLimits() {
        let job = StubJob(1, deadline: .seconds(2))
        state.run(job)
        state.jobs.watch(job)
        #expect(state.timersFired(at: .seconds(1), reportsProgress: false).timedOut.isEmpty)
        #expect(state.timersFired(at: .seconds(2), reportsProgress: false).timedOut == [job])
        #expect(state.timersFired(at: .seconds(3), reportsProgress: false).timedOut.isEmpty)
    }

    @Test("C8 a stop cancels what runs at its deadline, in order, and reports what goes on")
    mutating func stop() {
        state.run(StubJob(2), StubJob(1))
        _ = state.stopAsked(deadline: .seconds(3))
        #expect(state.nextInstant == .seconds(3))
        #expect(state.timersFired(at: .seconds(2), reportsProgress: false).stopped.isEmpty)
        let work = state.timersFired(at: .seconds(3), reportsProgress: false)
        #expect(work.stopped.map(\.id) == [JobID(1), JobID(2)])
        #expect(work.unresponsive.isEmpty)
        state.attemptEnded(StubJob(1))
        let later = state.timersFired(at: .seconds(13), reportsProgress: false)
        #expect(later.stopped.isEmpty)
        #expect(later.unresponsive.map(\.id) == [JobID(2)])
        #expect(state.timersFired(at: .seconds(99), reportsProgress: false).unresponsive.isEmpty)
    }

    @Test("C8 a stop whose jobs have all ended reports nobody")
    mutating func stopHeeded() {
        state.run(StubJob(1))
        _ = state.stopAsked(deadline: .zero)
        _ = state.timersFired(at: .zero, reportsProgress: false)
        state.attemptEnded(StubJob(1))
        #expect(state.timersFired(at: .seconds(10), reportsProgress: false).unresponsive.isEmpty)
    }

    @Test("Q4 progress is reported once per interval, from the first look on")
    mutating func progress() {
        state.run(StubJob(1))
        #expect(state.timersFired(at: .zero, reportsProgress: true).progress.isEmpty)
        #expect(state.nextInstant == .milliseconds(100))
        #expect(state.timersFired(at: .milliseconds(99), reportsProgress: true).progress.isEmpty)
        #expect(state.timersFired(at: .milliseconds(100), reportsProgress: true).progress.map(\.id) == [JobID(1)])
        #expect(state.nextInstant == .milliseconds(200))
    }

    @Test("Q4 while nothing runs, or nobody listens, no progress is waited for")
    mutating func noProgress() {
        _ = state.timersFired(at: .zero, reportsProgress: true)
        #expect(state.timers.progress == nil)
        state.run(StubJob(1))
        _ = state.timersFired(at: .zero, reportsProgress: true)
        #expect(state.timers.progress != nil)
        #expect(state.timersFired(at: .seconds(1), reportsProgress: false).progress.isEmpty)
        #expect(state.timers.progress == nil)
    }

    @Test("S9 the next instant is the first of timers, deadlines and the stop")
    mutating func nextInstant() {
        #expect(state.nextInstant == .seconds(5))
        let job = StubJob(1, deadline: .seconds(4))
        state.run(job)
        state.jobs.watch(job)
        #expect(state.nextInstant == .seconds(4))
        _ = state.stopAsked(deadline: .seconds(3))
        #expect(state.nextInstant == .seconds(3))
        state.schedules.done(next: .seconds(2), isRetrying: false)
        #expect(state.nextInstant == .seconds(2))
    }

    // MARK: Sleeping

    @Test("S9 a loop that finds nothing to do sets an alarm for the next instant, and sleeps")
    mutating func sleeps() {
        _ = state.timersFired(at: .milliseconds(1), reportsProgress: false)
        _ = state.loopBegins()
        #expect(state.loopEnds(channel: ChannelStatus()) == StubState.LoopEnd(alarm: .seconds(5), looksAgain: false))
        _ = state.loopBegins()
        #expect(state.loopEnds(channel: ChannelStatus()) == StubState.LoopEnd(alarm: nil, looksAgain: false))
        #expect(state.turn.owner == .nobody)
    }

    @Test("C2 a member that found the loop at work makes it look again")
    mutating func looksAgain() {
        _ = state.loopBegins()
        _ = state.memberBeginsTurn()
        #expect(state.loopEnds(channel: ChannelStatus()).looksAgain)
        #expect(state.turn.owner == .loop)
        #expect(!state.loopEnds(channel: ChannelStatus()).looksAgain)
    }

    @Test("C2 a completion that came after the loop's look makes it look again")
    mutating func looksAgainForCompletions() {
        state.run(StubJob(1))
        _ = state.loopBegins()
        #expect(!state.plan().runs)
        state.attemptEnded(StubJob(1))
        #expect(!state.members.hasCompletions, "the loop owns the turn")
        #expect(state.loopEnds(channel: ChannelStatus(uncommitted: 1)).looksAgain)
        #expect(state.turn.owner == .loop)
    }

    @Test("C6 completions that are stored beside the loop do not keep it awake")
    mutating func sleepsDuringRecovery() {
        state.recovery.request(after: QueueError(.leaseLost, ""))
        _ = state.recovery.begin()
        _ = state.loopBegins()
        #expect(!state.loopEnds(channel: ChannelStatus(uncommitted: 1)).looksAgain)
    }

    @Test("C8 completions that a drain stores do not keep the loop awake")
    mutating func sleepsDuringLastAttempt() {
        state.recovery.request(after: QueueError(.leaseLost, ""))
        _ = state.recovery.beginLastAttempt()
        state.recovery.end()
        _ = state.loopBegins()
        #expect(!state.loopEnds(channel: ChannelStatus(uncommitted: 1)).looksAgain)
    }

    // MARK: Upkeep

    @Test("L4 the lease is renewed when it is time, and not again before the next interval")
    mutating func renewal() {
        #expect(state.lease.renewalDue(at: .seconds(9), every: .seconds(10)) == nil)
        #expect(state.lease.renewalDue(at: .seconds(10), every: .seconds(10)) == WorkerID(rawValue: 1))
        #expect(state.lease.renewalDue(at: .seconds(10), every: .seconds(10)) == nil)
        #expect(state.lease.renewalDue(at: .seconds(20), every: .seconds(10)) == WorkerID(rawValue: 1))
    }

    @Test("E6 a renewal names the jobs that were asked to stop, and has the pauses read")
    mutating func renewed() {
        state.run(StubJob(1))
        state.jobs.requestStop(of: [JobID(1)])
        state.pauses.note()
        #expect(state.jobs.takeStopRequests().map(\.id) == [JobID(1)])
        #expect(state.pauses.take() == true)
    }

    @Test("L5 a new lease ends all doubt, and forgets what could not be stored under the old one")
    mutating func replaced() {
        state.claims.isInDoubt = true
        state.lease.leave(JobID(1))
        state.leaseReplaced(by: WorkerID(rawValue: 2))
        #expect(!state.claims.isInDoubt)
        #expect(state.lease.leftToRecovery.isEmpty)
        #expect(state.plan().claim?.lease == WorkerID(rawValue: 2))
    }

    @Test("Q7 expired jobs are looked for once per interval, and again at once while there are more")
    mutating func expiry() {
        #expect(!state.timers.isExpiryDue(at: .seconds(59)))
        #expect(state.timers.isExpiryDue(at: .seconds(60)))
        state.timers.expiryDone(isPartial: true, at: .seconds(60), every: .seconds(60))
        #expect(state.timers.isExpiryDue(at: .seconds(60)))
        state.timers.expiryDone(isPartial: false, at: .seconds(60), every: .seconds(60))
        #expect(!state.timers.isExpiryDue(at: .seconds(119)))
        #expect(state.timers.isExpiryDue(at: .seconds(120)))
    }

    @Test("D13 schedules are looked at when one is due, and with each poll")
    mutating func schedules() {
        #expect(state.schedulesDue(at: .zero) == true)
        state.schedules.done(next: .seconds(3), isRetrying: false)
        #expect(state.schedulesDue(at: .seconds(2)) == false)
        #expect(state.schedulesDue(at: .seconds(3)) == true)
        state.schedules.done(next: nil, isRetrying: false)
        #expect(state.schedulesDue(at: .seconds(7)) == false)
        #expect(state.schedulesDue(at: .seconds(8)) == true)
    }

    @Test("D13 a worker that stops fires nothing, and does not wake up for it")
    mutating func schedulesWhileStopping() {
        _ = state.schedulesDue(at: .zero)
        state.schedules.done(next: .seconds(3), isRetrying: true)
        _ = state.stopAsked(deadline: .seconds(99))
        #expect(state.schedulesDue(at: .seconds(3)) == false)
        #expect(state.schedules.next == nil)
        #expect(!state.schedules.isRetrying)
    }

    // MARK: Claims in doubt

    @Test("L5 lost claims are all that the store has for this worker, but what runs here or cannot be stored")
    mutating func lostClaims() {
        state.run(StubJob(1))
        state.lease.leave(JobID(2))
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == nil, "nothing is in doubt")
        state.claims.isInDoubt = true
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == [JobID(1), JobID(2)])
        state.lostClaimsFound([StubJob(3)])
        #expect(state.jobs.byID.keys.sorted() == [JobID(1), JobID(3)])
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == nil)
    }

    @Test("L5 lost claims can't be told from completions that are on their way")
    mutating func lostClaimsLater() {
        state.claims.isInDoubt = true
        #expect(state.doubtfulClaims(channel: ChannelStatus(uncommitted: 1)) == nil)
        state.recovery.request(after: QueueError(.leaseLost, ""))
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == nil)
        _ = state.recoveryEnded()
        _ = state.claimFailed(at: .zero)
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == nil, "the store has just failed")
        _ = state.timersFired(at: .seconds(1), reportsProgress: false)
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == [])
    }

    @Test("C8 a worker that stops looks for no lost claims")
    mutating func lostClaimsWhileStopping() {
        state.claims.isInDoubt = true
        _ = state.stopAsked(deadline: .seconds(9))
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == nil)
    }

    @Test("L5 a job that was given up while lost claims were looked for is looked for again")
    mutating func givenUpMeanwhile() {
        state.run(StubJob(1), StubJob(2))
        _ = state.jobGivenUp(StubJob(1))
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == [JobID(2)])
        _ = state.jobGivenUp(StubJob(2))
        state.lostClaimsFound([])
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == [])
    }

    // MARK: Recovery

    @Test("C8 what cannot be stored is tried for the last time when a stop has cancelled what runs")
    mutating func lastAttempt() {
        state.recovery.request(after: QueueError(.leaseLost, ""))
        #expect(state.lastAttemptBegins() == false)
        _ = state.stopAsked(deadline: .seconds(1))
        #expect(state.lastAttemptBegins() == false)
        _ = state.timersFired(at: .seconds(1), reportsProgress: false)
        #expect(state.lastAttemptBegins() == true)
        #expect(state.lastAttemptBegins() == false)
    }

    @Test("C8 without anything to recover there is no last attempt")
    mutating func noLastAttempt() {
        _ = state.stopAsked(deadline: .zero)
        _ = state.timersFired(at: .zero, reportsProgress: false)
        #expect(state.lastAttemptBegins() == false)
    }

    // MARK: What only the loop can do

    @Test("C2 a worker that knows its next alarm needs the loop for nothing")
    mutating func needsNothing() {
        #expect(!state.needsLoop)
    }

    @Test("C2 the loop is needed for missing members, recoveries, doubts and fatal errors")
    mutating func needs() {
        var short = state
        _ = short.members.add([StubJob(1)], byMember: false)
        #expect(short.needsLoop)
        var recovering = state
        recovering.recovery.request(after: QueueError(.leaseLost, ""))
        #expect(recovering.needsLoop)
        _ = recovering.recovery.begin()
        #expect(!recovering.needsLoop)
        var doubting = state
        doubting.claims.isInDoubt = true
        #expect(doubting.needsLoop)
        var failing = state
        failing.claims.fatalError = QueueError(.leaseLost, "")
        #expect(failing.needsLoop)
    }
}
