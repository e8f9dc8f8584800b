public import QueueDispatch
public import QueueModel
import QueueStorage
import QueueStoreKit

extension JobQueue {
    /// Opens a queue on an existing database file to look at it: for tools, beside a program that works on the file (rule Q9).
    ///
    ///     let queue = try await JobQueue(readingPath: "jobs.db")
    ///     print(try await queue.counts())
    ///
    /// It has no executors, and whatever would change something, running included, throws ``QueueError/Code/readOnly``. See
    /// ``SQLiteStoreOptions/readOnly``.
    ///
    /// - Parameter path: The database file.
    /// - Throws: ``QueueError`` for a file that can't be opened, is no queue's, is damaged, or is of another schema version.
    public convenience init(readingPath path: String) async throws(QueueError) {
        let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(readOnly: true))
        do throws(QueueError) {
            try self.init(store: store, configuration: QueueConfiguration(coder: JSONCoder())) {}
        } catch {
            await store.close()
            throw error
        }
    }

    /// Copies the queue's database, as it is at one instant, into a new file, while everybody works on (rule Q9).
    ///
    /// See ``SQLiteJobStore/backup(to:)``.
    ///
    /// - Parameter path: Where the copy goes: there is no file, or an empty one.
    /// - Throws: What the store throws; ``QueueError/Code/invalidOption`` if the queue's store is none of SQLite's.
    public func backup(to path: String) async throws(QueueError) {
        guard let store = store as? SQLiteJobStore else {
            throw QueueError(.invalidOption, "the queue's store has no database that can be copied")
        }
        try await store.backup(to: path)
    }
}
