public import QueueModel
import QueueStoreKit

extension SQLiteJobStore {
    /// The place where a store keeps its jobs.
    public enum Location: Hashable, Sendable {
        /// A database file.
        ///
        /// Beside it SQLite keeps `-wal` and `-shm` files, and the store a `-wake` file.
        case file(String)
        /// Memory, for as long as the store is open.
        case memory
    }
}

extension SQLiteStoreOptions {
    /// The failures that a commit survives.
    public enum Durability: Hashable, Sendable {
        /// A crash of the process; the default.
        ///
        /// When the power fails, the last transactions may be lost, but only whole ones: the file is as it was after
        /// one of its commits, and not before the last ``SQLiteJobStore/flush()``.
        case normal
        /// A power failure as well: each commit waits for the disk.
        case full
    }
}

/// The settings of a ``SQLiteJobStore``.
///
/// The defaults suit an app with one queue.
public struct SQLiteStoreOptions: Hashable, Sendable {
    /// The failures that a commit survives; default ``SQLiteStoreOptions/Durability/normal``.
    ///
    /// A store in memory ignores it.
    public var durability: SQLiteStoreOptions.Durability
    /// The longest time that a write waits for another process's lock before it throws ``QueueError/Code/busy``: zero
    /// to one hour, default 5 s.
    public var busyTimeout: Duration
    /// The number of idle connections that are kept for reading a file: 0…64, default 2.
    public var readerCount: Int
    /// The size in pages from which the write-ahead log is copied into the file: 16…1 000 000, default 1000 (4 MB).
    public var walPageLimit: Int
    /// The memory for the writer's page cache, in KiB: 64…4 194 304, default 8192.
    public var cacheKiB: Int
    /// The longest time that the effects of one completion may take: 1 ms to one hour, default 1 s.
    ///
    /// Nobody else can write while they run, so they should take far less.
    public var effectTimeLimit: Duration
    /// Whether the store is opened for reading alone, as by a tool beside a program that works on the file; default
    /// `false`.
    ///
    /// The file must exist and have this release's schema version. It is never written to, created, brought up to date
    /// or given a `-wake` file, and need not be writable; SQLite may create its `-wal` and `-shm` files where the
    /// directory allows it. Calls that would change something throw ``QueueError/Code/readOnly``, and observers receive
    /// nothing. A file without a log in a directory that can't be written to is read as one that nobody changes.
    public var readOnly: Bool

    /// Creates options.
    public init(
        durability: SQLiteStoreOptions.Durability = .normal, busyTimeout: Duration = .seconds(5), readerCount: Int = 2,
        walPageLimit: Int = 1000, cacheKiB: Int = 8192, effectTimeLimit: Duration = .seconds(1),
        readOnly: Bool = false
    ) {
        self.durability = durability
        self.busyTimeout = busyTimeout
        self.readerCount = readerCount
        self.walPageLimit = walPageLimit
        self.cacheKiB = cacheKiB
        self.effectTimeLimit = effectTimeLimit
        self.readOnly = readOnly
    }

    /// Throws ``QueueError/Code/invalidOption`` if a setting is outside its range.
    public func validate() throws(QueueError) {
        guard (.zero ... .seconds(3600)).contains(busyTimeout) else {
            throw QueueError(.invalidOption, "busyTimeout is \(busyTimeout), it must be 0 to one hour")
        }
        try Self.check("readerCount", readerCount, 0...64)
        try Self.check("walPageLimit", walPageLimit, 16...1_000_000)
        try Self.check("cacheKiB", cacheKiB, 64...4_194_304)
        guard (.milliseconds(1) ... .seconds(3600)).contains(effectTimeLimit) else {
            throw QueueError(.invalidOption, "effectTimeLimit is \(effectTimeLimit), it must be 1 ms to one hour")
        }
    }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(QueueError) {
        guard range.contains(value) else {
            throw QueueError(
                .invalidOption, "\(name) is \(value), it must be \(range.lowerBound)…\(range.upperBound)")
        }
    }
}
