import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Executions") struct ExecutionTests {
    private func execution(_ id: Int64, attempt: Int = 1, timeout: Duration? = nil) -> Execution {
        var record = JobRecord(id: JobID(id), type: "work", state: .running, submittedAt: Timestamp(milliseconds: 0))
        record.attempt = attempt
        record.timeout = timeout
        let executor = ExecutorEntry(
            type: "work", domain: 0, body: nil, payload: Work.self, options: JobOptions(), states: [:])
        return Execution(record, executor: executor, worker: WorkerID(rawValue: 1))
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
}
