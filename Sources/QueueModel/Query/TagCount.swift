/// How many jobs, active and ended, have a tag key or one of its values (rule Q2).
public struct TagCount: Hashable, Sendable {
    /// The key or the value, as was asked for.
    public var text: String
    /// The number of jobs.
    public var count: Int

    /// Makes a count.
    public init(_ text: String, count: Int) {
        self.text = text
        self.count = count
    }
}
