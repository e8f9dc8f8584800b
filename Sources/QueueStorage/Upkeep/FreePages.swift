import QueueModel

/// Gives free pages of the file back to the file system.
struct FreePages: StoreComponent {
    let context: StoreContext

    /// Gives free pages of the file back, a few at a time, if there are many.
    ///
    /// A queue with an even load fills them again, so a quarter of the file is left free; what is above that came from
    /// a burst that is over. Pages at the end of the file are moved to free ones, at about 30 µs each (measured, SQLite
    /// 3.40).
    func giveBack() throws(QueueError) {
        let free = try session.integer(.freePages) ?? 0
        guard free > Self.freePages else { return }
        let surplus = free - (try session.integer(.pages) ?? 0) / 4
        if surplus > 0 { try session.connection.execute("PRAGMA incremental_vacuum(\(min(surplus, Self.vacuumStep)))") }
    }

    /// Below so many free pages (1 MB) it is not worth the trouble.
    private static let freePages: Int64 = 256

    /// How many pages are given back in one transaction.
    private static let vacuumStep: Int64 = 128
}
