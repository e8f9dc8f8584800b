import Synchronization

/// The number of jobs that are pending in a store, as of the last count.
final class PendingCounter: Sendable {
    private struct State {
        var cadence: Cadence
        /// Zero until the first count is done; `nil` if the last one failed.
        var depth: Int? = 0
        var counting: Task<Void, Never>?
    }

    private let count: @Sendable () async throws -> Int
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    init(
        every interval: Duration, clock: some Clock<Duration>, count: @escaping @Sendable () async throws -> Int
    ) {
        self.count = count
        now = Ticker(clock).now
        state = Mutex(State(cadence: Cadence(interval)))
    }

    /// Returns the last count, and begins a new one if the interval is over; `nil` if the last one failed.
    func read() -> Int? {
        let now = now()
        return state.withLock { state in
            if state.counting == nil, state.cadence.isDue(at: now) {
                // Unstructured, since the caller must not wait. It ends with the store's answer, and there is one at a
                // time.
                state.counting = Task { await self.measure() }
            }
            return state.depth
        }
    }

    /// Waits for a count that is under way.
    func settled() async {
        await state.withLock { $0.counting }?.value
    }

    private func measure() async {
        let depth = try? await count()
        state.withLock { state in
            state.depth = depth
            state.counting = nil
        }
    }
}
