import Testing

@testable import QueueDispatch

@Suite("Stop state") struct StopStateTests {
    private var stop = StopState()

    @Test("C8 a worker runs until it is asked to stop")
    mutating func running() {
        #expect(stop.phase == .running)
        #expect(stop.nextAlarm == nil)
        #expect(stop.advance(at: .seconds(99), isBusy: true) == false)
        #expect(stop.takeOverdue(at: .seconds(99)) == false)
    }

    @Test("C8 what runs may go on until the deadline")
    mutating func deadline() {
        #expect(stop.ask(deadline: .seconds(10)) == true)
        #expect(stop.phase == .finishing)
        #expect(stop.nextAlarm == .seconds(10))
        #expect(stop.advance(at: .milliseconds(9999), isBusy: true) == false)
        #expect(stop.advance(at: .seconds(10), isBusy: true) == true)
        #expect(stop.phase == .cancelling)
        #expect(stop.advance(at: .seconds(11), isBusy: true) == false)
    }

    @Test("C8 the deadline only comes nearer")
    mutating func nearer() {
        _ = stop.ask(deadline: .seconds(10))
        #expect(stop.ask(deadline: .seconds(20)) == false)
        #expect(stop.ask(deadline: .seconds(10)) == false)
        #expect(stop.nextAlarm == .seconds(10))
        #expect(stop.ask(deadline: .seconds(5)) == true)
        #expect(stop.nextAlarm == .seconds(5))
    }

    @Test("C8 a stop never goes back")
    mutating func forward() {
        _ = stop.ask(deadline: .zero)
        _ = stop.advance(at: .zero, isBusy: false)
        #expect(stop.ask(deadline: .seconds(20)) == false)
        #expect(stop.ask(deadline: .zero) == false)
        #expect(stop.phase == .cancelling)
    }

    @Test("C8 jobs that go on after they were cancelled are reported after a while, once")
    mutating func overdue() {
        _ = stop.ask(deadline: .seconds(5))
        _ = stop.advance(at: .seconds(6), isBusy: true)
        #expect(stop.nextAlarm == .seconds(16))
        #expect(stop.takeOverdue(at: .seconds(15)) == false)
        #expect(stop.takeOverdue(at: .seconds(16)) == true)
        #expect(stop.takeOverdue(at: .seconds(17)) == false)
        #expect(stop.nextAlarm == nil)
    }

    @Test("C8 a stop that finds nothing running reports nobody")
    mutating func nothingRuns() {
        _ = stop.ask(deadline: .zero)
        #expect(stop.advance(at: .zero, isBusy: false) == true)
        #expect(stop.nextAlarm == nil)
        #expect(stop.takeOverdue(at: .seconds(99)) == false)
    }

    @Test("C8 the phases are in order")
    func order() {
        #expect(StopState.Phase.running < .finishing)
        #expect(StopState.Phase.finishing < .cancelling)
    }
}
