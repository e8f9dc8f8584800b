import Dispatch
public import QueueModel
import QueueStoreKit

extension SQLiteJobStore {
    /// Copies the store, as it is at one instant, into a new file that only its owner can read.
    ///
    /// The store can be in use, by this process and others. A file is copied from a snapshot, so nobody waits for it;
    /// until the copy is done the write-ahead log is not begun anew, and grows with what is written meanwhile. A store
    /// in memory takes no calls until its copy is done. When the call returns the copy is on disk.
    ///
    /// What runs now runs in the copy too, under the same workers: who opens it takes those jobs back as those of dead
    /// workers.
    ///
    /// - Parameter path: Where the copy goes: there is no file, or an empty one.
    /// - Throws: ``QueueError/Code/invalidOption`` for a file that is not empty, ``QueueError/Code/permission``,
    ///   ``QueueError/Code/diskFull``, or what SQLite says; then there is no copy.
    public func backup(to path: String) async throws(QueueError) {
        guard let readers = core.readers else {
            return try await core.write(.bare) { (context) throws(QueueError) in
                try Backup.copy(context.session.connection, to: path)
            }
        }
        let outcome = await withUnsafeContinuation { caller in
            DispatchQueue(label: "millrace.backup", qos: .utility).async {
                do throws(QueueError) {
                    let source = try readers.connect()
                    defer { source.close() }
                    try Backup.copy(source, to: path)
                    caller.resume(returning: Result<Void, QueueError>.success(()))
                } catch {
                    caller.resume(returning: .failure(error))
                }
            }
        }
        try outcome.get()
    }
}
