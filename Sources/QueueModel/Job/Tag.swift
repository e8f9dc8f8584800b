/// A key with a value that a job is marked with, to find it by.
public struct Tag: Hashable, Sendable, Codable {
    /// The key, 1…128 bytes of UTF-8, no NUL.
    ///
    /// One key stands at most once on a job.
    public var key: String
    /// The value, 0…512 bytes of UTF-8, no NUL.
    public var value: String

    /// Makes a tag of a key and a value.
    @inlinable
    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
