/// A signal with memory for one waiter: sent any number of times, it lets the next wait through once.
///
/// | State | Event | State | Result |
/// |---|---|---|---|
/// | quiet | `send` | sent | nobody to resume |
/// | sent | `send` | sent | nobody to resume |
/// | awaited | `send` | quiet | the waiter, to be resumed |
/// | quiet | `wait` | awaited | the waiter is suspended |
/// | sent | `wait` | quiet | the waiter goes on at once |
struct WakeSignal<Waiter: Sendable>: Sendable {
    private enum State {
        case quiet
        case sent
        case awaited(Waiter)
    }

    private var state = State.quiet

    /// Sends the signal; returns the waiter to resume, if there is one.
    mutating func send() -> Waiter? {
        switch state {
        case .quiet:
            state = .sent
            return nil
        case .sent:
            return nil
        case .awaited(let waiter):
            state = .quiet
            return waiter
        }
    }

    /// Suspends the waiter until the signal is sent; `false` if it was sent before, and the waiter goes on.
    ///
    /// Only one waiter at a time.
    mutating func wait(_ waiter: Waiter) -> Bool {
        if case .sent = state {
            state = .quiet
            return false
        }
        state = .awaited(waiter)
        return true
    }
}
