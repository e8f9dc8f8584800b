import Synchronization

/// A gate at which executors wait until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let arrived = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)

    /// Returns when the gate is open.
    func wait() async {
        arrived.continuation.yield()
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Returns when so many have come to wait.
    func arrivals(_ count: Int) async {
        var arrivals = arrived.stream.makeAsyncIterator()
        for _ in 0..<count { await arrivals.next() }
    }

    /// Lets all waiting and later calls continue.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
