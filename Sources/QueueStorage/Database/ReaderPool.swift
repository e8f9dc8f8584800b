import QueueModel
import QueueStoreKit
import Synchronization

/// Read-only connections to a file.
///
/// They see the last commit, and neither wait for a writer nor block one. A connection is lent to one caller at a time.
/// If all are lent, another is opened; only a limited number of idle ones is kept.
final class ReaderPool: Sendable {
    /// A session that is in the pool or lent to one caller.
    private struct Reader: @unchecked Sendable {
        // It is taken out of the pool before it is used, so one thread at a time has it.
        let session: Session
    }

    private struct Shared {
        var idle: [Reader] = []
        var isClosed = false
    }

    private let shared = Mutex(Shared())
    private let path: String
    private let limit: Int
    private let access: Connection.Access

    init(path: String, limit: Int, access: Connection.Access = .readOnly) {
        self.path = path
        self.access = access
        self.limit = limit
    }

    /// Reads in one snapshot.
    func read<Output>(_ body: (Session) throws(QueueError) -> Output) throws(QueueError) -> Output {
        let (reader, isClosed) = shared.withLock { ($0.idle.popLast(), $0.isClosed) }
        if isClosed { throw QueueError(.closed, "the store is closed") }
        let session: Session
        if let reader { session = reader.session } else { session = try open() }
        try session.statement(.beginRead).run()
        do throws(QueueError) {
            let output = try body(session)
            try session.statement(.commit).run()
            give(back: Reader(session: session))
            return output
        } catch {
            // A connection may be the cause of the error, so it is not used again.
            session.close()
            throw error
        }
    }

    /// Opens a connection for the caller.
    func connect() throws(QueueError) -> Connection {
        if shared.withLock({ $0.isClosed }) { throw QueueError(.closed, "the store is closed") }
        let connection = try Connection(path: path, access: access)
        connection.setBusyTimeout(milliseconds: 1000)
        return connection
    }

    private func open() throws(QueueError) -> Session {
        let connection = try Connection(path: path, access: access)
        // While another process recovers the log, opening has to wait.
        connection.setBusyTimeout(milliseconds: 1000)
        try connection.execute("PRAGMA query_only = ON")
        return Session(connection)
    }

    private func give(back reader: Reader) {
        let isKept = shared.withLock { shared -> Bool in
            if shared.isClosed || shared.idle.count >= limit { return false }
            shared.idle.append(reader)
            return true
        }
        if !isKept { reader.session.close() }
    }

    /// Closes idle connections; lent ones are closed when they are returned.
    func close() {
        let idle = shared.withLock { shared in
            shared.isClosed = true
            defer { shared.idle = [] }
            return shared.idle
        }
        for reader in idle { reader.session.close() }
    }
}
