/// The number of completions stored since ended jobs were last deleted, which is done once in about a thousand.
struct PruneCounter: Hashable, Sendable {
    /// The number of completions after which jobs are deleted.
    static let interval = 1024

    private var ended = 0

    /// Whether it is time to delete.
    var isDue: Bool { ended >= Self.interval }

    /// Counts completions that were stored.
    mutating func add(_ count: Int) {
        ended += count
    }

    /// Returns the number of completions since the last time, and counts anew.
    mutating func take() -> Int {
        defer { ended = 0 }
        return ended
    }
}
