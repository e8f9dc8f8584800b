import Dispatch
import Synchronization

/// A place where threads are held until a test lets them go, and that tells tasks when they have come.
final class ThreadGate: Sendable {
    private let bell = DispatchSemaphore(value: 0)
    private let gate = Gate()

    /// Comes to the gate and blocks its thread there until it is let through.
    func block() {
        arrive()
        bell.wait()
    }

    /// Comes to the gate and passes by.
    func arrive() {
        // Told by a task, since the gate of tasks counts those.
        Task { [gate] in await gate.passUncancelled() }
    }

    /// Waits until that many have come.
    func arrivals(_ count: Int) async { await gate.arrivals(count) }

    /// Lets so many through, those that come later too.
    func letGo(_ count: Int) {
        for _ in 0..<count { bell.signal() }
        gate.open()
    }
}
