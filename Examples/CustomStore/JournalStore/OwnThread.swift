import Dispatch

/// Where a store's calls run, one after the other: a queue of its own, since writing and syncing a file may block.
final class OwnThread: SerialExecutor {
    private let queue = DispatchQueue(label: "journal-store")

    /// Runs one of Swift's jobs in order.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
