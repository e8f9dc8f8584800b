import Synchronization

/// Wakes one waiter: rung any number of times from anywhere, it lets the next wait through once.
final class Doorbell: Sendable {
    private enum State {
        case quiet
        case rung
        case awaited(UnsafeContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    /// Lets the waiter through, or, if there is none, the next that comes.
    func ring() {
        let waiter: UnsafeContinuation<Void, Never>? = state.withLock { state in
            switch state {
            case .quiet:
                state = .rung
                return nil
            case .rung:
                return nil
            case .awaited(let waiter):
                state = .quiet
                return waiter
            }
        }
        waiter?.resume()
    }

    /// Waits for a ring since the last wait.
    ///
    /// Only one task may wait at a time.
    func wait() async {
        // Resumed exactly once: whoever takes the continuation out of the state, under the lock, resumes it.
        await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
            let rung = state.withLock { state in
                if case .rung = state {
                    state = .quiet
                    return true
                }
                state = .awaited(waiter)
                return false
            }
            if rung { waiter.resume() }
        }
    }
}
