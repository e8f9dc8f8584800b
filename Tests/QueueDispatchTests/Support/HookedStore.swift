import QueueModel
import QueueStoreKit
import QueueTesting

/// A store that lets a test step in before a turn takes effect, and before its answer is given.
final class HookedStore: ForwardingStore {
    typealias Hook = @Sendable ([Completion], ClaimRequest?) async throws(QueueError) -> Void

    let base: any JobStore
    private let before: Hook
    private let after: Hook
    /// Whether nobody hears of its signals.
    private let isDeaf: Bool

    init(
        _ base: any JobStore, isDeaf: Bool = false, before: @escaping Hook = { _, _ in },
        after: @escaping Hook = { _, _ in }
    ) {
        self.base = base
        self.isDeaf = isDeaf
        self.before = before
        self.after = after
    }

    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await before(completions, request)
        let result = try await base.turn(finishing: completions, claiming: request, at: now)
        try await after(completions, request)
        return result
    }

    func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        isDeaf ? StoreObservation {} : base.observe(body)
    }
}
