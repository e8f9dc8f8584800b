import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

@Suite("Recovery state") struct RecoveryStateTests {
    private var recovery = RecoveryState()
    private let error = QueueError(.leaseLost, "gone")

    @Test("C6 nothing is recovered at first")
    mutating func idle() {
        #expect(!recovery.isActive)
        #expect(!recovery.isRequested)
        #expect(recovery.begin() == nil)
    }

    @Test("C6 a requested recovery is begun once, with its error, and ends")
    mutating func once() {
        recovery.request(after: error)
        #expect(recovery.isActive)
        #expect(recovery.isRequested)
        #expect(recovery.begin()?.code == .leaseLost)
        #expect(recovery.isActive)
        #expect(!recovery.isRequested)
        #expect(recovery.begin() == nil)
        recovery.end()
        #expect(!recovery.isActive)
    }

    @Test("C8 the last attempt begins once, and only while something is recovered")
    mutating func lastAttempt() {
        #expect(recovery.beginLastAttempt() == false)
        recovery.request(after: error)
        #expect(recovery.beginLastAttempt() == true)
        #expect(recovery.beginLastAttempt() == false)
        recovery.endLastAttempt(unstored: [])
        recovery.end()
        #expect(recovery.beginLastAttempt() == false)
    }

    @Test("C8 a recovery that a drain has taken over may end before the drain does")
    mutating func takenOver() {
        recovery.request(after: error)
        _ = recovery.begin()
        _ = recovery.beginLastAttempt()
        recovery.end()
        #expect(!recovery.isActive)
        #expect(recovery.isLastAttempt)
        recovery.endLastAttempt(unstored: [JobID(1)])
        #expect(!recovery.isLastAttempt)
    }

    @Test("C8 what could not be stored is kept, of several attempts together")
    mutating func unstored() {
        recovery.endLastAttempt(unstored: [JobID(1)])
        recovery.endLastAttempt(unstored: [JobID(2), JobID(3)])
        #expect(recovery.unstored == [JobID(1), JobID(2), JobID(3)])
    }
}
