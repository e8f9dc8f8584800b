public import QueueDispatch
public import QueueModel
public import QueueStorage
import QueueStoreKit

extension JobQueue {
    /// Submits a job inside of a transaction of the caller's own SQLite connection, so that it is there if and only if what else the
    /// transaction writes is (rule S8).
    ///
    ///     try queue.submit(Ship(order: 17), through: submitter)
    ///
    /// The queue gives the settings, the payload's bytes and the time; it need not run, and no event tells of the submission, which may yet be
    /// rolled back. Call it where the connection may be used; see ``TransactionalSubmitter/submit(_:at:)``.
    ///
    /// - Parameters:
    ///   - payload: The job.
    ///   - options: What the submission says beyond it.
    ///   - submitter: A submitter for a connection on the file of the queue that is to run the job.
    /// - Returns: What becomes of it if the transaction is committed.
    /// - Throws: ``QueueError`` with the codes of rule S7, or of SQLite; then the transaction is as it was before.
    @discardableResult
    public func submit<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions = SubmitOptions(), through submitter: TransactionalSubmitter
    ) throws(QueueError) -> SubmitOutcome {
        try submitter.submit(try submission(of: payload, options), at: configuration.wallClock.now())
    }
}
