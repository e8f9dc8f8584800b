import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Dispatch state") struct DispatchStateTests {
    private func execution(_ id: Int64, attempt: Int = 1, timeout: Duration? = nil) -> Execution {
        var record = JobRecord(id: JobID(id), type: "work", state: .running, submittedAt: Timestamp(milliseconds: 0))
        record.attempt = attempt
        record.timeout = timeout
        let executor = ExecutorEntry(
            type: "work", domain: 0, body: nil, payload: Work.self, options: JobOptions(), states: [:])
        return Execution(record, executor: executor, worker: WorkerID(rawValue: 1))
    }

    @Test("D3 free slots are what the concurrency leaves, and none once a stop was asked for")
    func free() {
        var state = DispatchState()
        state.start(execution(1))
        state.start(execution(2))
        #expect(state.free(of: 5) == 3)
        #expect(state.free(of: 1) == 0)
        #expect(state.drain(until: .seconds(5)) == true)
        #expect(state.free(of: 5) == 0)
    }

    @Test("C8 a stop only goes forward, and its limit only comes nearer")
    func stops() {
        var state = DispatchState()
        let running = execution(1)
        state.start(running)
        #expect(state.cancelIfDue(at: .seconds(99)).isEmpty)
        #expect(state.drain(until: .seconds(10)) == true)
        #expect(state.drain(until: .seconds(20)) == false)
        #expect(state.drain(until: .seconds(5)) == true)
        #expect(state.cancelIfDue(at: .seconds(4)).isEmpty)
        #expect(state.cancelIfDue(at: .seconds(5)).map(\.job.id) == [JobID(1)])
        #expect(state.cancelIfDue(at: .seconds(6)).isEmpty)
        #expect(state.drain(until: .zero) == false)
        #expect(state.stop == .cancelling)
    }

    @Test("C8 jobs that go on after they were asked to stop are named after a while, once")
    func deaf() {
        var state = DispatchState()
        state.start(execution(2))
        state.start(execution(1))
        _ = state.drain(until: .seconds(5))
        #expect(state.stopAlarm == .seconds(5))
        _ = state.cancelIfDue(at: .seconds(6))
        #expect(state.stopAlarm == .seconds(16))
        #expect(state.takeDeaf(at: .seconds(15)).isEmpty)
        #expect(state.takeDeaf(at: .seconds(16)).map(\.job.id) == [JobID(1), JobID(2)])
        #expect(state.takeDeaf(at: .seconds(17)).isEmpty)
        #expect(state.stopAlarm == nil)
    }

    @Test("C8 a stop that finds nothing running names nobody")
    func nobodyDeaf() {
        var state = DispatchState()
        _ = state.drain(until: .zero)
        _ = state.cancelIfDue(at: .zero)
        #expect(state.stopAlarm == nil)
    }

    @Test("L3 an old execution of a job that was claimed again does not free the new one's slot")
    func claimedAgain() {
        var state = DispatchState()
        let old = execution(1)
        let new = execution(1, attempt: 2)
        state.start(old)
        state.start(new)
        state.end(old)
        #expect(state.running[JobID(1)] === new)
        state.end(new)
        #expect(state.running.isEmpty)
    }

    @Test("E6 what was asked to stop is looked at once, and only what runs here")
    func asked() {
        var state = DispatchState()
        state.ask([JobID(1), JobID(2)])
        state.start(execution(1))
        #expect(state.takeAsked().map(\.job.id) == [JobID(1)])
        #expect(state.takeAsked().isEmpty)
    }

    @Test("C8 the last try to store begins once, and only when a cancelling stop meets a batch that fails")
    func draining() {
        var state = DispatchState()
        state.isRecovering = true
        #expect(state.beginDraining() == false)
        #expect(state.drain(until: .zero) == true)
        #expect(state.beginDraining() == false)
        _ = state.cancelIfDue(at: .zero)
        #expect(state.beginDraining() == true)
        #expect(state.beginDraining() == false)
        state.endDraining([])
        state.isRecovering = false
        #expect(state.beginDraining() == false)
    }

    @Test("E6 a cancellation for good comes before any other reason, else the first counts")
    func reasons() {
        let execution = execution(1)
        execution.cancel(.shuttingDown)
        execution.cancel(.leaseLost)
        #expect(execution.cancellation == .shuttingDown)
        execution.cancel(.cancelled)
        execution.cancel(.timedOut)
        #expect(execution.cancellation == .cancelled)
    }

    @Test("E6 a job that is cancelled before its task is within reach is cancelled when it is")
    func earlyCancel() async {
        let execution = execution(1)
        execution.cancel(.cancelled)
        let wasCancelled = await Task { await execution.withCancellableTask { Task.isCancelled } }.value
        #expect(wasCancelled)
        // The task has ended, and may not be touched any more.
        execution.cancel(.cancelled)
    }

    @Test("E3 a time limit ends with its attempt, and begins anew with the next")
    func timeLimit() {
        let execution = execution(1, timeout: .seconds(5))
        execution.timeOut(at: .seconds(99))
        #expect(execution.cancellation == nil)
        execution.begin(at: .seconds(10))
        #expect(execution.deadline == .seconds(15))
        #expect(execution.endAttempt() == nil)
        execution.timeOut(at: .seconds(99))
        #expect(execution.cancellation == nil)
        execution.beginNextAttempt(at: .seconds(20))
        #expect(execution.attempt == 2)
        execution.timeOut(at: .milliseconds(24_999))
        #expect(execution.cancellation == nil)
        execution.timeOut(at: .seconds(25))
        #expect(execution.cancellation == .timedOut)
        #expect(execution.endAttempt() == .timedOut)
    }

    @Test("E4 attempts in place wait for their records where they run too far ahead, and end with a lost one")
    func attemptsAhead() async {
        let execution = execution(1)
        execution.beginNextAttempt(at: .zero)
        execution.beginNextAttempt(at: .zero)
        #expect(await execution.settled(downTo: 2))
        let passed = Flag()
        async let first = {
            defer { passed.isSet = true }
            return await execution.settled(downTo: 0)
        }()
        execution.settleAttempt(goesOn: true)
        #expect(await execution.settled(downTo: 1))
        #expect(!passed.isSet)
        execution.settleAttempt(goesOn: false)
        #expect(await first == false)
        #expect(execution.cancellation == .leaseLost)
        execution.beginNextAttempt(at: .zero)
        #expect(await execution.settled(downTo: 0) == false)
    }

    @Test("L5 what the store says of a job decides why it stops")
    func reasonToStop() {
        let execution = execution(1)
        var record = execution.job
        #expect(execution.reasonToStop(nil) == .leaseLost)
        record.worker = WorkerID(rawValue: 1)
        #expect(execution.reasonToStop(record) == nil)
        record.cancelRequestedAt = Timestamp(milliseconds: 1)
        #expect(execution.reasonToStop(record) == .cancelled)
        record.worker = WorkerID(rawValue: 2)
        #expect(execution.reasonToStop(record) == .leaseLost)
        for state in JobState.allCases where state != .running {
            record.state = state
            let isGone = state == .cancelled || state == .superseded
            #expect(execution.reasonToStop(record) == (isGone ? .cancelled : .leaseLost))
        }
    }

    @Test("S9 a doorbell that was rung lets the next wait through once, however often it was rung")
    func doorbell() async {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        await bell.wait()
        let passed = Flag()
        async let second: Void = {
            await bell.wait()
            passed.isSet = true
        }()
        for _ in 0..<100 { await Task.yield() }
        #expect(!passed.isSet)
        bell.ring()
        await second
    }

    @Test("S9 no ring is lost between many ringers and one who waits")
    func manyRings() async {
        let bell = Doorbell()
        let rings = Recorder<Int>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        rings.append(1)
                        bell.ring()
                    }
                }
            }
            // Hangs if a ring after the last count is lost.
            while rings.all.count < 4000 { await bell.wait() }
        }
    }
}
