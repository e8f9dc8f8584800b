public import QueueDispatch
public import QueueModel
import QueueStorage
import QueueStoreKit

extension JobQueue {
    /// Opens a queue on an existing database file for reading: for tools, beside a program that works on the file.
    ///
    ///     let queue = try await JobQueue(readingPath: "jobs.db")
    ///     print(try await queue.counts())
    ///
    /// It has no executors. Calls that would change something, including running, throw ``QueueError/Code/readOnly``.
    /// See ``SQLiteStoreOptions/readOnly``.
    ///
    /// - Parameter path: The database file.
    /// - Throws: ``QueueError`` for a file that can't be opened, is not a queue's, is damaged, or has another schema
    ///   version.
    public convenience init(readingPath path: String) async throws(QueueError) {
        let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(readOnly: true))
        do throws(QueueError) {
            try self.init(store: store, configuration: QueueConfiguration(coder: JSONCoder())) {}
        } catch {
            await store.close()
            throw error
        }
    }

    /// Copies the queue's database, as it is at one instant, to a new file, while others continue to use it.
    ///
    /// See ``SQLiteJobStore/backup(to:)``.
    ///
    /// - Parameter path: The path of the copy, at which there must be no file, or an empty one.
    /// - Throws: The store's errors; ``QueueError/Code/invalidOption`` if the queue's store is not an
    ///   ``SQLiteJobStore``.
    public func backup(to path: String) async throws(QueueError) {
        guard let store = store as? SQLiteJobStore else {
            throw QueueError(.invalidOption, "the queue's store has no database that can be copied")
        }
        try await store.backup(to: path)
    }
}
