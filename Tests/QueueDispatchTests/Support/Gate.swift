import Synchronization

/// A place where tasks are held until a test lets them go, and that tells when they have come.
final class Gate: Sendable {
    private typealias Held = CheckedContinuation<Void, any Error>

    private struct Watcher {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var isOpen = false
        var arrivals = 0
        var lastNumber = 0
        var held: [Int: Held] = [:]
        var watchers: [Watcher] = []
    }

    private let state = Mutex(State())

    /// Comes to the gate, and waits there unless it is open; a cancelled task is let go with `CancellationError`.
    func pass() async throws {
        let number = newNumber()
        try await withTaskCancellationHandler {
            try await hold(number, unlessCancelled: true)
        } onCancel: {
            state.withLock { $0.held.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    /// Comes to the gate, and waits there unless it is open, whether or not the task is cancelled.
    func passUncancelled() async {
        // Only a cancellation throws.
        try? await hold(newNumber(), unlessCancelled: false)
    }

    /// How many have come so far.
    var arrivals: Int { state.withLock(\.arrivals) }

    /// Waits until that many have come, counted from the beginning.
    func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                guard state.arrivals < count else { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Lets go who is held now; who comes later is held again.
    func letGo() {
        let held = state.withLock { state in
            defer { state.held = [:] }
            return state.held
        }
        for continuation in held.values { continuation.resume() }
    }

    /// Lets everybody through from now on.
    func open() {
        state.withLock { $0.isOpen = true }
        letGo()
    }

    private func hold(_ number: Int, unlessCancelled: Bool) async throws {
        try await withCheckedThrowingContinuation { (continuation: Held) in
            let (result, watchers) = state.withLock { state -> (Result<Void, any Error>?, [Watcher]) in
                state.arrivals += 1
                let arrivals = state.arrivals
                let reached = state.watchers.filter { $0.count <= arrivals }
                state.watchers.removeAll { $0.count <= arrivals }
                if state.isOpen { return (.success(()), reached) }
                if unlessCancelled, Task.isCancelled { return (.failure(CancellationError()), reached) }
                state.held[number] = continuation
                return (nil, reached)
            }
            for watcher in watchers { watcher.continuation.resume() }
            if let result { continuation.resume(with: result) }
        }
    }

    private func newNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }
}
