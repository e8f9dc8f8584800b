public import QueueModel
public import QueueStoreKit

/// A store in one SQLite database: a file that several processes may share, or memory.
///
/// Concurrent calls share transactions. A write is on disk when it returns, as far as
/// ``SQLiteStoreOptions/durability`` says; ``flush()`` takes it further. Queries of a file see the last commit and wait
/// for nobody. No call blocks Swift's thread pool for long: what may do so runs on a thread of the store's own.
public final class SQLiteJobStore: JobStore, Sendable {
    let core: StoreCore

    /// Opens a store, and creates it if there is none.
    ///
    /// An existing file is looked at before anything is written: one that is not a queue's, newer than this release or
    /// damaged is left as it is. An older one is brought up to date in one transaction.
    ///
    /// Throws ``QueueError/Code/notAQueue``, ``QueueError/Code/newerSchema``, ``QueueError/Code/corrupt``,
    /// ``QueueError/Code/permission``, ``QueueError/Code/readOnly``, ``QueueError/Code/invalidOption``, or what SQLite
    /// says.
    public init(
        at location: SQLiteJobStore.Location, options: SQLiteStoreOptions = SQLiteStoreOptions()
    ) async throws(QueueError) {
        try options.validate()
        core = try await StoreCore.open(location, options)
    }
}
