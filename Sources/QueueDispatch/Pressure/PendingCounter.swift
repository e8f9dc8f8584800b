import Synchronization

/// Knows how many jobs are pending in a store, as of the last time that they were counted.
final class PendingCounter: Sendable {
    private struct State {
        var cadence: Cadence
        /// Empty until the first count is there; `nil` if the last one failed.
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

    /// The number of pending jobs as it is known; begins to count if that is due.
    func read() -> Int? {
        let now = now()
        return state.withLock { state in
            if state.counting == nil, state.cadence.isDue(at: now) {
                // Not a child of anybody: whoever asks must not wait, and it ends with the store's answer. It is the only one.
                state.counting = Task { await self.measure() }
            }
            return state.depth
        }
    }

    /// Returns when no count is under way.
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
