/// A policy for how long ended jobs are kept.
public struct RetentionPolicy: Hashable, Sendable, Codable {
    /// The maximum number of ended jobs; `nil`: no limit.
    ///
    /// Default 100 000.
    public var maximumCount: Int?
    /// The maximum time since a job's end; `nil`: no limit.
    ///
    /// Default: no limit.
    public var maximumAge: Duration?
    /// Whether dead letters are kept regardless of their number and age.
    ///
    /// Default `true`, because a person has to decide about them.
    public var keepsDeadLetters: Bool

    /// Creates a policy.
    public init(maximumCount: Int? = 100_000, maximumAge: Duration? = nil, keepsDeadLetters: Bool = true) {
        self.maximumCount = maximumCount
        self.maximumAge = maximumAge
        self.keepsDeadLetters = keepsDeadLetters
    }
}
