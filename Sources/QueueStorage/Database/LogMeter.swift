import CMillraceSQLite

/// The size of a connection's write-ahead log after each commit.
final class LogMeter {
    /// The number of pages in the log after the last commit.
    private(set) var pages = 0

    /// Replaces SQLite's automatic checkpoints, which would run on the committing thread.
    func install(on connection: Connection) {
        // The connection's owner keeps the meter for as long as the connection.
        sqlite3_wal_hook(
            connection.handle,
            { context, _, _, pages in
                if let context {
                    Unmanaged<LogMeter>.fromOpaque(context).takeUnretainedValue().pages = Int(pages)
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
