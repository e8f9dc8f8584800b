/// How far a bulk operation has come.
///
/// It goes by the id, and ends at the last job that there was at its beginning: what is submitted meanwhile, by the operation itself or by
/// others, is not meant.
public struct BulkCursor: Hashable, Sendable, Codable {
    /// The last job that was looked at.
    public var after: JobID
    /// The last job that is meant.
    public var last: JobID

    /// Makes a cursor.
    public init(after: JobID, last: JobID) {
        self.after = after
        self.last = last
    }
}
