import Testing

@testable import QueueDispatch

@Suite("Wake signal") struct WakeSignalTests {
    private var signal = WakeSignal<Int>()

    @Test("S9 a signal without a waiter resumes nobody, and lets the next wait through")
    mutating func early() {
        #expect(signal.send() == nil)
        #expect(signal.wait(1) == false)
    }

    @Test("S9 however often it was sent, it lets one wait through")
    mutating func often() {
        for _ in 0..<5 { #expect(signal.send() == nil) }
        #expect(signal.wait(1) == false)
        #expect(signal.wait(1) == true)
    }

    @Test("S9 a waiter is resumed once")
    mutating func waiter() {
        #expect(signal.wait(7) == true)
        #expect(signal.send() == 7)
        #expect(signal.send() == nil)
    }

    @Test("S9 a signal that comes after the waiter was resumed is kept for its next wait")
    mutating func kept() {
        _ = signal.wait(7)
        _ = signal.send()
        _ = signal.send()
        #expect(signal.wait(7) == false)
        #expect(signal.wait(7) == true)
    }
}
