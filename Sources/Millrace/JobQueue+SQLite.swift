public import QueueDispatch
public import QueueModel
public import QueueStorage
import QueueStoreKit

extension JobQueue {
    /// Opens a queue on a database file, which is made if there is none.
    ///
    ///     let queue = try await JobQueue(path: "jobs.db", concurrency: 8) {
    ///         Domain("media") { MakeThumbnail() }.concurrency(4)
    ///     }
    ///
    /// Other queues, of this process and of others, may be open on the same file. That the directory is one that anybody can write to is
    /// logged as a warning.
    ///
    /// - Parameters:
    ///   - path: The database file. Beside it stand `-wal`, `-shm` and `-wake` files of the same name.
    ///   - concurrency: How many jobs run here at once, at least 1; default 8.
    ///   - durability: What a commit survives; default ``StoreDurability/normal``: a crash of the process, not of the machine.
    ///   - configure: Changes further settings.
    ///   - domains: The executors, in domains or without.
    /// - Throws: ``QueueError`` for settings and registrations that are not valid, and for a file that can't be opened, is no
    ///   queue's, is damaged, or was written by a newer release; such a file is left untouched.
    public convenience init(
        path: String,
        concurrency: Int = 8,
        durability: StoreDurability = .normal,
        configure: (inout QueueConfiguration) -> Void = { _ in },
        @DomainBuilder domains: () -> [Domain]
    ) async throws(QueueError) {
        try await self.init(
            .file(path), concurrency: concurrency, durability: durability, configure: configure, domains: domains())
    }

    /// Makes a queue in memory, which is gone when it is closed: for tests and previews.
    ///
    /// - Parameters:
    ///   - concurrency: How many jobs run here at once, at least 1; default 8.
    ///   - configure: Changes further settings.
    ///   - domains: The executors, in domains or without.
    public convenience init(
        inMemory concurrency: Int = 8,
        configure: (inout QueueConfiguration) -> Void = { _ in },
        @DomainBuilder domains: () -> [Domain]
    ) async throws(QueueError) {
        try await self.init(
            .memory, concurrency: concurrency, durability: .normal, configure: configure, domains: domains())
    }

    private convenience init(
        _ location: StoreLocation,
        concurrency: Int,
        durability: StoreDurability,
        configure: (inout QueueConfiguration) -> Void,
        domains: [Domain]
    ) async throws(QueueError) {
        var configuration = QueueConfiguration(coder: JSONCoder(), concurrency: concurrency)
        configure(&configuration)
        // Before a file is made: what is wrong with the settings must leave nothing behind.
        try configuration.validate()
        let store = try await SQLiteJobStore(at: location, options: SQLiteStoreOptions(durability: durability))
        if case .file(let path) = location, SQLiteJobStore.directoryIsOpenToOthers(path: path) {
            configuration.log.log(
                .warning, "anybody can write to the directory of \(path), and put files in place of the queue's")
        }
        do throws(QueueError) {
            try self.init(store: store, configuration: configuration) { domains }
        } catch {
            await store.close()
            throw error
        }
    }
}
