/// What may run of a group.
public struct GroupRule: Hashable, Sendable, Codable {
    /// How many jobs of the group may run at once; `nil`: no limit, 0: none.
    public var limit: Int?
    /// Whose running jobs are counted.
    public var scope: LimitScope
    /// How often jobs of the group may start; `nil`: as often as they like.
    ///
    /// The bucket is the store's, and so shared by all workers.
    public var rate: RateLimit?

    /// Makes a rule.
    public init(limit: Int? = nil, scope: LimitScope = .shared, rate: RateLimit? = nil) {
        self.limit = limit
        self.scope = scope
        self.rate = rate
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first part that is outside of its range.
    package func validate(_ whose: String) throws(QueueError) {
        if let limit, limit < 0 { throw QueueError(.invalidOption, "the limit \(whose) is negative") }
        try rate?.validate()
    }
}

/// Whose running jobs a limit counts.
public enum LimitScope: UInt8, Hashable, Sendable, Codable {
    /// Those of all workers of the store.
    case shared = 0
    /// Those of this worker.
    case worker = 1
}
