import Synchronization

/// A worker's state and its lock.
///
/// The lock is never held across an `await`, nor while a task is resumed or a store is called. Under it the
/// completion channel's lock may be taken, and no other; nobody takes them the other way round.
final class WorkerStateLock: Sendable {
    typealias Waiter = UnsafeContinuation<Void, Never>
    typealias State = WorkerState<Execution, Waiter>

    let state: Mutex<State>

    init(_ settings: WorkerSettings) {
        state = Mutex(State(settings: settings))
    }

    /// Passes an event to the state, and wakes the task that it returns.
    func send(_ event: (inout State) -> Waiter?) {
        state.withLock { state in event(&state) }?.resume()
    }

    /// Waits until the loop is woken, or returns at once if that has happened since the last wait.
    func waitForWake() async {
        // Resumed exactly once: here, or by the one that takes it out of the state under the lock.
        await withUnsafeContinuation { (waiter: Waiter) in
            if !state.withLock({ $0.loop.wait(waiter) }) { waiter.resume() }
        }
    }
}
