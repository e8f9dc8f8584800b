/// What a channel has done since it was made.
public struct CompletionStatistics: Hashable, Sendable {
    /// Commits that succeeded; a batch that was split counts once for each part.
    public internal(set) var batches = 0

    /// Items that were committed.
    public internal(set) var committed = 0

    /// Items that were rejected.
    public internal(set) var rejected = 0

    /// Commits that failed with a transient error, each of which is tried again.
    public internal(set) var retries = 0

    /// Items that a drain handed back because its time was up.
    public internal(set) var handedBack = 0

    @usableFromInline
    mutating func settle(_ count: Int, committed: Bool) {
        if committed {
            batches += 1
            self.committed += count
        } else {
            rejected += count
        }
    }
}
