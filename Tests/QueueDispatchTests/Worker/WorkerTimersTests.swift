import Testing

@testable import QueueDispatch

@Suite("Worker timers") struct WorkerTimersTests {
    private var timers = WorkerTimers(poll: .seconds(5), expiry: .seconds(60))

    @Test("S9 the next instant is the first of all that are set")
    mutating func next() {
        #expect(timers.next == .seconds(5))
        timers.poll = .seconds(99)
        #expect(timers.next == .seconds(60))
    }

    @Test(
        "S9 each timer counts for the next instant while it is set",
        arguments: [
            \WorkerTimers.nextDue, \.pauseEnd, \.loadCheck, \.claimRetry, \.progress,
        ] as [any WritableKeyPath<WorkerTimers, Duration?> & Sendable])
    func optional(timer: any WritableKeyPath<WorkerTimers, Duration?> & Sendable) {
        var timers = timers
        timers[keyPath: timer] = .seconds(3)
        #expect(timers.next == .seconds(3))
        timers[keyPath: timer] = nil
        #expect(timers.next == .seconds(5))
    }

    @Test("S9 a timer elapses once, at its instant")
    func elapse() {
        var timer: Duration? = .seconds(3)
        #expect(WorkerTimers.elapse(&timer, at: .milliseconds(2999)) == false)
        #expect(timer == .seconds(3))
        #expect(WorkerTimers.elapse(&timer, at: .seconds(3)) == true)
        #expect(timer == nil)
        #expect(WorkerTimers.elapse(&timer, at: .seconds(4)) == false)
    }

    @Test("S9 an alarm is set unless one rings before it or with it")
    mutating func alarms() {
        #expect(timers.needsAlarm(at: .seconds(5)) == true)
        #expect(timers.setAlarm(at: .seconds(5)) == true)
        #expect(timers.setAlarm(at: .seconds(5)) == false)
        #expect(timers.setAlarm(at: .seconds(6)) == false)
        #expect(timers.setAlarm(at: .seconds(4)) == true)
        #expect(timers.needsAlarm(at: .seconds(4)) == false)
    }

    @Test("S9 alarms that have rung are forgotten, and later ones still count")
    mutating func rung() {
        _ = timers.setAlarm(at: .seconds(5))
        _ = timers.setAlarm(at: .seconds(3))
        timers.ring(at: .seconds(2))
        #expect(timers.needsAlarm(at: .seconds(3)) == false)
        timers.ring(at: .seconds(3))
        #expect(timers.needsAlarm(at: .seconds(4)) == true)
        #expect(timers.needsAlarm(at: .seconds(5)) == false)
        timers.ring(at: .seconds(9))
        #expect(timers.needsAlarm(at: .seconds(1000)) == true)
    }
}
