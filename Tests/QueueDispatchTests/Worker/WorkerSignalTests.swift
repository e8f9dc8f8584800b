import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

@Suite("Worker state: signals and attempts") struct WorkerSignalTests {
    private var state = StubState.idle()

    init() {
        _ = state.loop.wait(loopWaiter)
    }

    // MARK: Work

    @Test("S9 work wakes the loop if a slot is free")
    mutating func work() {
        #expect(!state.claims.mayHaveWork)
        #expect(state.workSignalled(.normal, concurrency: 1) == loopWaiter)
        #expect(state.claims.mayHaveWork)
    }

    @Test("S9 several signals wake the loop once")
    mutating func workTwice() {
        #expect(state.workSignalled(.normal, concurrency: 1) == loopWaiter)
        #expect(state.workSignalled(.normal, concurrency: 1) == nil)
        #expect(state.loop.wait(loopWaiter) == false, "the second is for the next wait")
    }

    @Test("S9 with all slots taken work wakes nobody, and is asked for with the next completion")
    mutating func workWithoutSlots() {
        state.run(StubJob(1))
        #expect(state.workSignalled(.normal, concurrency: 1) == nil)
        #expect(state.claims.mayHaveWork)
    }

    @Test("D7 with all slots taken urgent work wakes the loop, to preempt")
    mutating func urgentWork() {
        state = .running(WorkerSettings(preemptsAt: .high))
        state.run(StubJob(1))
        #expect(state.workSignalled(.normal, concurrency: 1) == nil)
        #expect(!state.claims.mayPreempt)
        #expect(state.workSignalled(.high, concurrency: 1) == loopWaiter)
        #expect(state.claims.mayPreempt)
    }

    @Test("D7 with a free slot urgent work preempts nobody")
    mutating func urgentWorkWithSlot() {
        state = .running(WorkerSettings(preemptsAt: .high))
        #expect(state.workSignalled(.realtime, concurrency: 1) == loopWaiter)
        #expect(!state.claims.mayPreempt)
    }

    @Test("C8 a worker that stops is not woken by work")
    mutating func workWhileStopping() {
        _ = state.stopAsked(deadline: .seconds(9))
        _ = state.loop.wait(loopWaiter)
        #expect(state.workSignalled(.normal, concurrency: 9) == nil)
    }

    @Test("D2 changed pauses wake the loop, to read them and to look for work")
    mutating func pauses() {
        #expect(state.pausesChanged() == loopWaiter)
        #expect(state.claims.mayHaveWork)
        #expect(state.pauses.take() == true)
        #expect(state.pauses.take() == false)
    }

    @Test("D13 changed schedules wake the loop")
    mutating func schedules() {
        #expect(state.schedulesDue(at: .zero) == true, "the first pass looks in any case")
        #expect(state.schedulesDue(at: .zero) == false)
        #expect(state.schedulesChanged() == loopWaiter)
        #expect(state.schedulesDue(at: .zero) == true)
        #expect(state.schedulesDue(at: .zero) == false)
    }

    @Test("E6 requests to stop wake the loop, which looks at them between two turns")
    mutating func stopRequests() {
        state.run(StubJob(1))
        #expect(state.stopRequested(of: [JobID(1), JobID(2)]) == loopWaiter)
        #expect(state.jobs.takeStopRequests().map(\.id) == [JobID(1)])
    }

    @Test("C8 a stop wakes the loop, if it is news")
    mutating func stop() {
        #expect(state.stopAsked(deadline: .seconds(9)) == loopWaiter)
        _ = state.loop.wait(loopWaiter)
        #expect(state.stopAsked(deadline: .seconds(10)) == nil)
        #expect(state.stopAsked(deadline: .seconds(8)) == loopWaiter)
    }

    @Test("C8 a stop that is asked for before the first lease is heeded")
    mutating func earlyStop() {
        state = StubState(settings: WorkerSettings())
        #expect(state.stopAsked(deadline: .zero) == nil)
        state.leaseOpened(WorkerID(rawValue: 1), at: .zero)
        #expect(state.stop.phase == .finishing)
        _ = state.loopBegins()
        #expect(state.plan().isOver)
    }

    @Test("E3 a job's first limit is watched from then on; a change of it wakes the loop as well")
    mutating func limits() {
        let job = StubJob(1, deadline: .seconds(2))
        state.run(job)
        #expect(state.limitChanged(of: job, isFirst: true) == loopWaiter)
        #expect(state.nextInstant == .seconds(2))
        _ = state.loop.wait(loopWaiter)
        #expect(state.limitChanged(of: job, isFirst: false) == loopWaiter)
        #expect(state.jobs.expire(at: .seconds(2)).count == 1)
    }

    // MARK: Attempts

    @Test("C4 an attempt that ends frees its slot, and its completion is taken up by the member that ran it")
    mutating func attemptEnded() {
        state.run(StubJob(1))
        state.attemptEnded(StubJob(1))
        #expect(state.jobs.isEmpty)
        let (step, wake) = state.memberLooks(.done)
        #expect(wake == nil)
        guard case .turn = step else { return #expect(Bool(false), "\(step)") }
    }

    @Test("C2 while a turn runs nobody looks at new completions but its owner, at its end")
    mutating func attemptEndsDuringTurn() {
        state.run(StubJob(1))
        #expect(state.memberBeginsTurn() == true)
        let plan = state.plan()
        state.attemptEnded(StubJob(1))
        #expect(!state.members.hasCompletions)
        #expect(state.memberEndsTurn(plan, channel: ChannelStatus(uncommitted: 1)) == nil)
        #expect(state.members.hasCompletions)
    }

    @Test("C6 while a batch is recovered nobody looks at new completions")
    mutating func attemptEndsDuringRecovery() {
        state.run(StubJob(1))
        state.recovery.request(after: QueueError(.leaseLost, ""))
        state.attemptEnded(StubJob(1))
        #expect(!state.members.hasCompletions)
        #expect(state.recoveryEnded() == loopWaiter, "the loop takes them up then")
    }

    @Test("C8 while a drain stores for the last time nobody looks at new completions")
    mutating func attemptEndsDuringLastAttempt() {
        state.run(StubJob(1))
        state.recovery.request(after: QueueError(.leaseLost, ""))
        _ = state.recovery.begin()
        _ = state.recovery.beginLastAttempt()
        state.recovery.end()
        state.attemptEnded(StubJob(1))
        #expect(!state.members.hasCompletions)
        #expect(state.lastAttemptEnded(unstored: []) == loopWaiter)
    }

    @Test("E4 an attempt whose job goes on in place is left to the loop, since its member is busy")
    mutating func attemptSent() {
        #expect(state.attemptSent() == loopWaiter)
        #expect(state.attemptSent() == nil, "it has been woken")
    }

    @Test("E4 while a turn runs, or others are stored beside, the loop is not woken for an attempt in place")
    mutating func attemptSentDuringTurn() {
        _ = state.memberBeginsTurn()
        #expect(state.attemptSent() == nil)
        _ = state.turn.release()
        state.recovery.request(after: QueueError(.leaseLost, ""))
        #expect(state.attemptSent() == nil)
    }

    @Test("L5 a job that was given up frees its slot, and may be this worker's still")
    mutating func givenUp() {
        state.run(StubJob(1))
        #expect(state.jobGivenUp(StubJob(1)) == loopWaiter)
        #expect(state.jobs.isEmpty)
        #expect(state.claims.mayHaveWork)
        #expect(state.doubtfulClaims(channel: ChannelStatus()) == [])
    }

    // MARK: Members

    @Test("C2 a member that takes the last job while completions wait, with all others busy, wakes the loop")
    mutating func memberWakesLoop() {
        _ = state.members.add([StubJob(1)], byMember: true)
        state.members.noteCompletions()
        let (_, wake) = state.memberLooks(.done)
        #expect(wake == loopWaiter)
    }

    @Test("C2 a member that takes the last job while completions wait wakes one that rests")
    mutating func memberWakesMember() {
        _ = state.members.rest(7)
        _ = state.members.add([StubJob(1)], byMember: true)
        state.members.noteCompletions()
        let (_, wake) = state.memberLooks(.done)
        #expect(wake == 7)
    }

    @Test("E6 a member that was cancelled leaves its completion to the loop if no other rests")
    mutating func memberLeaves() {
        state.run(StubJob(1))
        state.attemptEnded(StubJob(1))
        #expect(state.memberLeaves() == loopWaiter)
    }
}
