/// How long ended jobs are kept (rule Q6).
public struct RetentionPolicy: Hashable, Sendable, Codable {
    /// At most so many ended jobs; `nil`: any number.
    ///
    /// Default 100 000.
    public var maximumCount: Int?
    /// None that ended longer ago; `nil`: any age.
    ///
    /// Default: any age.
    public var maximumAge: Duration?
    /// Whether dead letters are kept whatever their number and age.
    ///
    /// Default `true`: a person has to settle them.
    public var keepsDeadLetters: Bool

    /// Makes a policy.
    public init(maximumCount: Int? = 100_000, maximumAge: Duration? = nil, keepsDeadLetters: Bool = true) {
        self.maximumCount = maximumCount
        self.maximumAge = maximumAge
        self.keepsDeadLetters = keepsDeadLetters
    }
}
