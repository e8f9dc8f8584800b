/// Stand-in until the target's own files are merged.
public struct RetryPolicy: Hashable, Sendable, Codable, LosslessStringConvertible {
    public static let `default` = RetryPolicy("")!
    public init?(_ description: String) { self.description = description }
    public var description: String
}
