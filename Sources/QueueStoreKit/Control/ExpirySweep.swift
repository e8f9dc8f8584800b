public import QueueModel

/// What one sweep for expired jobs did, in one transaction (rule Q7).
public struct ExpirySweep: Hashable, Sendable {
    /// The jobs that have expired, each followed by those that changed because of it.
    public var changes: [JobChange]
    /// Whether there may be more: the sweep ended at its limit.
    public var isPartial: Bool

    /// Makes a sweep.
    public init(changes: [JobChange] = [], isPartial: Bool = false) {
        self.changes = changes
        self.isPartial = isPartial
    }
}
