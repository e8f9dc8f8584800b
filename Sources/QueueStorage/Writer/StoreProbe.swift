public import QueueModel

/// Access behind a store's public interface, for the tests and tools of Millrace alone.
@_spi(Testing) public struct StoreProbe: Sendable {
    private let core: StoreCore

    /// Creates a probe.
    public init(_ store: SQLiteJobStore) {
        core = store.core
    }

    /// Limits the database to a number of pages: it is full when it has so many.
    public func limitPages(to count: Int) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            _ = try context.session.connection.integer("PRAGMA max_page_count = \(count)")
        }
    }

    /// Returns after what the store does by itself, so that what follows belongs to the next call.
    public func waitUntilIdle() async {
        await core.logKeeper?.waitUntilIdle()
        // What the log's keeper wants of the writer is queued before this. A store that is closed is idle.
        try? await core.write(.bare) { (_) throws(QueueError) in }
    }
}
