public import QueueDispatch
public import QueueModel
public import QueueStorage
import QueueStoreKit

extension JobQueue {
    /// Submits a job in a transaction of the caller's own SQLite connection, so that the job is committed if and only
    /// if the rest of the transaction is.
    ///
    ///     try queue.submit(Ship(order: 17), through: submitter)
    ///
    /// The queue resolves the settings, encodes the payload and provides the time; it need not run. No event reports
    /// the submission, which may still be rolled back. Call it where the connection may be used; see
    /// ``TransactionalSubmitter/submit(_:at:)``.
    ///
    /// - Parameters:
    ///   - payload: The payload of the job.
    ///   - options: The settings of the submission.
    ///   - submitter: A submitter for a connection on the file of the queue that is to run the job.
    /// - Returns: The outcome if the transaction is committed.
    /// - Throws: ``QueueError`` for a submission that is not valid, or of SQLite; then the transaction is unchanged.
    @discardableResult
    public func submit<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions = SubmitOptions(), through submitter: TransactionalSubmitter
    ) throws(QueueError) -> SubmitOutcome {
        try submitter.submit(try submission(of: payload, options), at: configuration.wallClock.now())
    }
}
