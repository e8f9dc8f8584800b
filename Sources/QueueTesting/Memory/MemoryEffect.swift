public import QueueModel
import QueueStoreKit

/// An effect that a ``MemoryJobStore`` does with a completion (rule E8): it changes the values that users keep beside the jobs.
///
///     try context.attach(MemoryEffect { values in values["paid"] = [1] })
public final class MemoryEffect: CompletionEffect {
    /// Changes the values; what it has changed is undone if it throws.
    public typealias Body = @Sendable (inout [String: [UInt8]]) throws -> Void

    let body: Body

    /// Makes an effect.
    ///
    /// - Parameter body: Called with the store locked: it must be quick and must not call the store.
    public init(_ body: @escaping Body) {
        self.body = body
    }
}

extension MemoryState {
    /// Does effects in order; returns why they were undone, if one has failed.
    mutating func perform(_ effects: [any CompletionEffect]) -> EffectFailure? {
        if effects.isEmpty { return nil }
        var changed = values
        for effect in effects {
            guard let effect = effect as? MemoryEffect else { return .notAccepted(effect) }
            do {
                try effect.body(&changed)
            } catch {
                return EffectFailure(error)
            }
        }
        values = changed
        return nil
    }
}
