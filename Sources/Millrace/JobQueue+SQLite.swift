public import QueueDispatch
public import QueueModel
public import QueueStorage
import QueueStoreKit

extension JobQueue {
    /// Opens a queue on a database file, which is created if it does not exist.
    ///
    ///     let queue = try await JobQueue(path: "jobs.db", concurrency: 8) {
    ///         Domain("media") { MakeThumbnail() }.concurrency(4)
    ///     }
    ///
    /// Other queues, of this process and of others, may be open on the same file. A warning is logged if everybody can
    /// write to the directory.
    ///
    /// - Parameters:
    ///   - path: The database file. Files with the suffixes `-wal`, `-shm` and `-wake` are created beside it.
    ///   - concurrency: The number of jobs that run here at once, at least 1; default 8.
    ///   - durability: What a commit survives; default ``SQLiteStoreOptions/Durability/normal``: a crash
    ///     of the process, not of the machine.
    ///   - configure: Changes further settings.
    ///   - domains: The executors, in domains or without one.
    /// - Throws: ``QueueError`` for invalid settings and registrations, and for a file that can't be opened, is not a
    ///   queue's, is damaged, or was written by a newer release; such a file is left untouched.
    public convenience init(
        path: String,
        concurrency: Int = 8,
        durability: SQLiteStoreOptions.Durability = .normal,
        configure: (inout QueueConfiguration) -> Void = { _ in },
        @Domain.Builder domains: () -> [Domain]
    ) async throws(QueueError) {
        let own = try await OwnStore(
            .file(path), concurrency: concurrency, durability: durability, configure: configure)
        do throws(QueueError) {
            try self.init(store: own.store, configuration: own.configuration, domains: domains)
        } catch {
            await own.store.close()
            throw error
        }
    }

    /// Creates a queue in memory, for tests and previews; its jobs are lost when it is closed.
    ///
    /// - Parameters:
    ///   - concurrency: The number of jobs that run here at once, at least 1; default 8.
    ///   - configure: Changes further settings.
    ///   - domains: The executors, in domains or without one.
    public convenience init(
        inMemory concurrency: Int = 8,
        configure: (inout QueueConfiguration) -> Void = { _ in },
        @Domain.Builder domains: () -> [Domain]
    ) async throws(QueueError) {
        let own = try await OwnStore(
            .memory, concurrency: concurrency, durability: .normal, configure: configure)
        do throws(QueueError) {
            try self.init(store: own.store, configuration: own.configuration, domains: domains)
        } catch {
            await own.store.close()
            throw error
        }
    }
}

/// The store and the settings of a queue that brings its own SQLite store.
private struct OwnStore {
    let store: SQLiteJobStore
    let configuration: QueueConfiguration

    init(
        _ location: SQLiteJobStore.Location, concurrency: Int, durability: SQLiteStoreOptions.Durability,
        configure: (inout QueueConfiguration) -> Void
    ) async throws(QueueError) {
        var configuration = QueueConfiguration(coder: JSONCoder(), concurrency: concurrency)
        configure(&configuration)
        // Before a file is created: invalid settings must leave nothing behind.
        try configuration.validate()
        store = try await SQLiteJobStore(at: location, options: SQLiteStoreOptions(durability: durability))
        self.configuration = configuration
        if case .file(let path) = location, SQLiteJobStore.Location.directoryIsOpenToOthers(path: path) {
            configuration.log.log(
                .warning, "anybody can write to the directory of \(path), and put files in place of the queue's")
        }
    }
}
