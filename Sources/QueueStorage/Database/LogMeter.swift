import CMillraceSQLite

/// Tells how many pages the write-ahead log has after each commit of a connection.
final class LogMeter {
    /// Pages in the log after the last commit.
    private(set) var pages = 0

    /// Takes the place of SQLite's own automatic checkpoints, which would run on the thread of whoever commits.
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
