import Testing

@testable import QueueDispatch

@Suite("Schedule watch") struct ScheduleWatchTests {
    private var watch = ScheduleWatch()

    private mutating func isDue(_ seconds: Int, isStopping: Bool = false) -> Bool {
        watch.isDue(at: .seconds(seconds), isStopping: isStopping, every: .seconds(5))
    }

    @Test("D13 the first pass looks, and then each poll")
    mutating func polls() {
        #expect(isDue(0) == true)
        #expect(isDue(4) == false)
        #expect(isDue(5) == true)
        #expect(isDue(9) == false)
    }

    @Test("D13 a change makes the next pass look, once")
    mutating func change() {
        _ = isDue(0)
        watch.note()
        watch.note()
        #expect(isDue(1) == true)
        #expect(isDue(1) == false)
    }

    @Test("D13 the instant that a look has named makes a pass look, until another is named")
    mutating func next() {
        _ = isDue(0)
        watch.done(next: .seconds(3), isRetrying: false)
        #expect(watch.next == .seconds(3))
        #expect(isDue(2) == false)
        #expect(isDue(3) == true)
        watch.done(next: nil, isRetrying: false)
        #expect(isDue(4) == false)
    }

    @Test("D13 a worker that stops does not look, and forgets what it would retry")
    mutating func stopping() {
        watch.done(next: .seconds(3), isRetrying: true)
        #expect(watch.isRetrying)
        #expect(isDue(3, isStopping: true) == false)
        #expect(watch.next == nil)
        #expect(!watch.isRetrying)
    }

    @Test("D13 a change is not kept for a worker that stops")
    mutating func changeWhileStopping() {
        _ = isDue(0)
        watch.note()
        #expect(isDue(1, isStopping: true) == false)
        #expect(isDue(1) == false)
    }
}
