import Synchronization

/// Lets nobody through until so many have come, and then everybody.
final class Crowd: Sendable {
    private let size: Int
    private let state = Mutex((arrived: 0, waiting: [CheckedContinuation<Void, Never>]()))

    init(of size: Int) {
        self.size = size
    }

    func join() async {
        await withCheckedContinuation { continuation in
            let free = state.withLock { state in
                state.arrived += 1
                state.waiting.append(continuation)
                guard state.arrived >= size else { return [CheckedContinuation<Void, Never>]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in free { continuation.resume() }
        }
    }
}
