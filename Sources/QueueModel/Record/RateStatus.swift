/// A rate with what is left of it at an instant (rule D4).
public struct RateStatus: Hashable, Sendable, Codable {
    /// Whose starts it limits.
    public var owner: Owner
    /// The rate.
    public var limit: RateLimit
    /// How many jobs may start at once now, 0 to the limit's burst.
    public var tokens: Int
    /// When the next token is there, if nothing starts; `nil`: there is one now.
    public var nextToken: Timestamp?

    /// What a rate belongs to.
    public enum Owner: Hashable, Sendable, Codable {
        /// A job type, by the name under which its bucket is stored; former names share it.
        case type(JobType)
        /// A group.
        case group(String)
    }

    /// Makes a standing.
    public init(owner: Owner, limit: RateLimit, tokens: Int, nextToken: Timestamp?) {
        self.owner = owner
        self.limit = limit
        self.tokens = tokens
        self.nextToken = nextToken
    }
}
