public import QueueModel

/// A completion effect of a ``MemoryJobStore``: it changes the values that the store keeps for its user beside the
/// jobs.
///
///     try context.attach(MemoryEffect { values in values["paid"] = [1] })
public final class MemoryEffect: CompletionEffect {
    /// A function that changes the values; its changes are undone if it throws.
    public typealias Body = @Sendable (inout [String: [UInt8]]) throws -> Void

    let body: Body

    /// Creates an effect.
    ///
    /// - Parameter body: Called while the store is locked: it must return quickly and must not call the store.
    public init(_ body: @escaping Body) {
        self.body = body
    }
}
