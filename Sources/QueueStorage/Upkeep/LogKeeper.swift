import Dispatch
import QueueModel
import QueueStoreKit
import Synchronization

/// Copies the write-ahead log into the file when it has grown, on a thread and a connection of its own, so that neither
/// readers nor writers wait for it.
final class LogKeeper: Sendable {
    private let path: String
    private let limit: Int
    private let thread = DispatchQueue(label: "millrace.log", qos: .utility)
    private let isAtWork = Atomic(false)
    /// From how many pages on writers are made to wait so that the log can start anew.
    private let restartsAt: Atomic<Int>
    /// Only touched on the thread.
    private nonisolated(unsafe) var connection: Connection?

    /// How far beyond the limit the log must be before writers are made to wait so that it can start anew.
    private static let patience = 4
    /// How long they wait at most, in milliseconds, for readers of the old log to end; those who come meanwhile read
    /// the file.
    static let wait: Int32 = 100

    init(path: String, limit: Int) {
        self.path = path
        self.limit = limit
        restartsAt = Atomic(limit * Self.patience)
    }

    /// Looks at the size of the log after a commit.
    ///
    /// If it has been copied and is far beyond its limit all the same, because there is always one more commit, writers
    /// wait for a moment, so that the next one starts it anew. While a reader goes on for longer than that it can't,
    /// and is tried again when the log is twice as long, so that the waits stay few.
    func didCommit(pages: Int, by writer: Writer) {
        if pages < limit { return }
        guard isAtWork.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return }
        thread.async { [self] in
            // What fails here fails again, and is reported, where it matters: at a commit.
            try? copy()
            guard pages >= restartsAt.load(ordering: .relaxed) else {
                isAtWork.store(false, ordering: .releasing)
                return
            }
            // Not as a task: this must run even while writers keep all of Swift's thread pool busy.
            writer.enqueue(
                LogRestart { isDone in
                    let next = isDone ? self.limit * Self.patience : pages * 2
                    self.restartsAt.store(next, ordering: .relaxed)
                } finished: {
                    self.isAtWork.store(false, ordering: .releasing)
                })
        }
    }

    private func copy() throws {
        if connection == nil {
            let opened = try Connection(path: path, access: .readWrite)
            try opened.execute("PRAGMA synchronous = NORMAL")
            try opened.execute("PRAGMA wal_autocheckpoint = 0")
            connection = opened
        }
        try connection?.checkpoint(restarting: false)
    }

    /// Returns after the copy that is under way.
    func waitUntilIdle() async {
        await withUnsafeContinuation { caller in
            thread.async { caller.resume() }
        }
    }

    /// Ends after the copy that is under way, and makes no more.
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

/// Copies what is left of the log with nobody writing, so that the next commit starts it anew.
struct LogRestart: PendingOperation {
    /// Takes whether the next commit starts the log anew.
    let outcome: @Sendable (Bool) -> Void
    let finished: @Sendable () -> Void

    var manner: OperationManner { .bare }

    func run(with group: ArraySlice<any PendingOperation>, in context: StoreContext) -> OperationEnd {
        do throws(QueueError) {
            let connection = context.session.connection
            connection.setBusyTimeout(milliseconds: LogKeeper.wait)
            defer { connection.setBusyTimeout(milliseconds: 0) }
            outcome(try connection.checkpoint(restarting: true))
            return .kept(1)
        } catch {
            outcome(false)
            return .failed(error)
        }
    }

    func fail(with error: QueueError) {}

    func finish() { finished() }
}
