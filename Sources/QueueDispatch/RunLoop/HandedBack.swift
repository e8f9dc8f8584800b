import Synchronization

/// Attempts that could not be stored, collected from where a drain hands them back.
final class HandedBack: Sendable {
    private let state = Mutex<[FinishedAttempt]>([])

    /// All of them.
    var items: [FinishedAttempt] { state.withLock { $0 } }

    func add(_ items: [FinishedAttempt]) {
        state.withLock { $0 += items }
    }
}
