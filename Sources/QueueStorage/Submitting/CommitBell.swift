import CMillraceSQLite
import QueueModel
import QueueStoreKit

/// Wakes the workers of a queue's file once a transaction of somebody else's connection has been committed.
///
/// To wake them earlier would have them wait for the lock of the very transaction that they are to look at. The work is
/// done by SQLite itself, which reports the commit to a virtual table; no hook of the connection's owner is touched.
struct CommitBell {
    /// The table is in no file, and a file that has one of the name is refused: see ``SchemaCheck/reservedPrefix``.
    private static let name = "millrace_bell"
    private let ring: Statement

    /// `nil` if there is nothing to wake by; then workers find what was committed at their next look.
    init?(on connection: Connection) {
        let sql = "INSERT INTO \(Self.name) VALUES(1)"
        // Others may have installed it on the same connection.
        if let statement = try? Statement(sql, on: connection) {
            ring = statement
            return
        }
        if connection.path.isEmpty { return nil }
        let file = Platform.openOrCreate(WakeFile.path(beside: Platform.absolute(connection.path)))
        guard file >= 0, millrace_install_bell(connection.handle, Self.name, file) == SQLITE_OK,
            let statement = try? Statement(sql, on: connection)
        else { return nil }
        ring = statement
    }

    /// Has the workers woken when the present transaction is committed, and not if it is rolled back.
    func ringAtCommit() throws(QueueError) {
        try ring.run()
    }
}
