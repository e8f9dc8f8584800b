public import QueueModel
import QueueStoreKit

/// Where a store keeps its jobs.
public enum StoreLocation: Hashable, Sendable {
    /// In a database file; beside it SQLite keeps `-wal` and `-shm`, and the store a `-wake` file.
    case file(String)
    /// In memory, for as long as the store is open.
    case memory
}

/// What a commit survives.
public enum StoreDurability: Hashable, Sendable {
    /// A crash of the process. When the power fails, exactly a tail of whole transactions may be lost: the file is as it was after one of its
    /// commits, not before the last ``SQLiteJobStore/flush()``. The default.
    case normal
    /// A power failure too: each commit waits for the disk.
    case full
}

/// How a ``SQLiteJobStore`` works.
///
/// The defaults suit an app with one queue.
public struct SQLiteStoreOptions: Hashable, Sendable {
    /// What a commit survives; default ``StoreDurability/normal``.
    ///
    /// Of no matter in memory.
    public var durability: StoreDurability
    /// How long a write waits for another process's lock before it throws ``QueueError/Code/busy``: zero to one hour,
    /// default 5 s.
    public var busyTimeout: Duration
    /// How many idle connections are kept for reading a file: 0…64, default 2.
    public var readerCount: Int
    /// From how many pages on the write-ahead log is copied into the file: 16…1 000 000, default 1000 (4 MB).
    public var walPageLimit: Int
    /// Memory for pages that the writer keeps, in KiB: 64…4 194 304, default 8192.
    public var cacheKiB: Int
    /// How long the effects of one completion may take: 1 ms to one hour, default 1 s.
    ///
    /// While they run nobody else can write, so they should take far less.
    public var effectTimeLimit: Duration
    /// Whether the store is only looked at: for tools, beside a program that works on the file; default `false`.
    ///
    /// The file has to be there, and of this release's version. It is never written to, nor made, brought up to date or given a `-wake`
    /// file, and need not be writable; SQLite may make its `-wal` and `-shm` where the directory allows it. Calls that would change
    /// something throw ``QueueError/Code/readOnly``, and observers hear of nothing. A file in a directory that can't be written to, without a
    /// log beside it, is read as one that nobody changes.
    public var readOnly: Bool

    /// Makes options.
    public init(
        durability: StoreDurability = .normal, busyTimeout: Duration = .seconds(5), readerCount: Int = 2,
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

    /// Throws ``QueueError/Code/invalidOption`` for what is outside of its range.
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
