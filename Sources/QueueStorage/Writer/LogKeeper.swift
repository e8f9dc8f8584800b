import Dispatch
import Synchronization

/// Copies the write-ahead log into the file when it has grown, on a thread and a connection of its own, so that neither readers
/// nor writers wait for it.
final class LogKeeper: Sendable {
    private let path: String
    private let limit: Int
    private let thread = DispatchQueue(label: "millrace.log", qos: .utility)
    private let isAtWork = Atomic(false)
    /// Only touched on the thread.
    private nonisolated(unsafe) var connection: Connection?

    /// How far beyond the limit the log must be before writers are made to wait so that it can start anew.
    private static let patience = 8

    init(path: String, limit: Int) {
        self.path = path
        self.limit = limit
    }

    /// Looks at the size of the log after a commit.
    func didCommit(pages: Int) {
        if pages < limit { return }
        guard isAtWork.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return }
        thread.async { [self] in
            // What fails here fails again, and is reported, where it matters: at a commit.
            try? copy(truncating: pages >= limit * Self.patience)
            isAtWork.store(false, ordering: .releasing)
        }
    }

    private func copy(truncating: Bool) throws {
        if connection == nil {
            let opened = try Connection(path: path, access: .readWrite)
            opened.setBusyTimeout(milliseconds: 50)
            try opened.execute("PRAGMA synchronous = NORMAL")
            try opened.execute("PRAGMA wal_autocheckpoint = 0")
            connection = opened
        }
        try connection?.checkpoint(truncating: truncating)
    }

    /// Ends after the copy that is under way.
    func close() async {
        await withUnsafeContinuation { caller in
            thread.async { [self] in
                connection?.close()
                connection = nil
                // Later calls find it at work for ever.
                isAtWork.store(true, ordering: .relaxed)
                caller.resume()
            }
        }
    }
}
