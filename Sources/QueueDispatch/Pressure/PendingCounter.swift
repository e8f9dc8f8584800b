import QueueModel
import Synchronization

/// Knows how many jobs are pending in a store, as of the last time that it was counted.
final class PendingCounter: Sendable {
    private struct State {
        var cadence: Cadence
        /// Empty until the first count is there; `nil` if the last one failed.
        var depth: Int? = 0
        var count: Task<Void, Never>?
    }

    private let store: any JobStore
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    init(_ store: any JobStore, every interval: Duration, clock: some Clock<Duration>) {
        self.store = store
        now = Ticker(clock).now
        state = Mutex(State(cadence: Cadence(interval)))
    }

    /// The number of pending jobs as it is known; begins to count if that is due.
    func read() -> Int? {
        let now = now()
        return state.withLock { state in
            if state.count == nil, state.cadence.isDue(at: now) {
                // Not a child of anybody: whoever asks must not wait, and it ends with the store's answer. It is the only one.
                state.count = Task { await self.count() }
            }
            return state.depth
        }
    }

    /// Returns when no count is under way.
    func settled() async {
        await state.withLock { $0.count }?.value
    }

    private func count() async {
        let depth = try? await store.counts()[.pending]
        state.withLock { state in
            state.depth = depth
            state.count = nil
        }
    }
}
