public import QueueModel
import QueueStoreKit

/// Submits jobs inside of transactions of the caller's own SQLite connection on a queue's file, so that a job is there
/// if and only if what it belongs to is.
///
///     sqlite3_exec(connection, "BEGIN IMMEDIATE", nil, nil, nil)
///     sqlite3_exec(connection, "INSERT INTO orders(item) VALUES('book')", nil, nil, nil)
///     try submitter.submit(queue.submission(of: Ship(order: 17)), at: now)
///     sqlite3_exec(connection, "COMMIT", nil, nil, nil)
///
/// It opens nothing, and needs no store or queue to be open. All rules of submission hold: unique keys and what a
/// duplicate does, batches, dependencies, parents, limits. Workers, in this process and in others, are woken by the
/// commit. A rollback, of the transaction or to a savepoint before the call, takes the jobs back with the rest; their
/// ids are given again then.
///
/// The connection must be one of the SQLite library that Millrace is linked to, the system's, open for writing, with
/// the queue's file as its `main` database. The file has to be a queue's already: a store, or a queue, has opened it
/// once. Nothing of the connection is changed for good, its hooks and settings and `last_insert_rowid()` included;
/// `changes()` and `total_changes()` count the rows that the call wrote.
///
/// A submitter belongs to its connection, and is used like it, by one thread at a time. It keeps prepared statements:
/// keep it as long as the connection, and call ``close()`` before the connection is closed.
public final class TransactionalSubmitter {
    private let connection: Connection
    private let limits: JobSubmission.Limits
    private let context: StoreContext
    private var schema = SchemaGuard(isBorrowed: true)
    /// `nil` once it is closed.
    private var tools: Tools?

    /// What only an open submitter has.
    private struct Tools {
        var bell: CommitBell?
    }

    /// Creates a submitter for a connection.
    ///
    /// - Parameters:
    ///   - connection: The handle: an open `sqlite3 *`.
    ///   - limits: How large a payload may be.
    /// - Throws: ``QueueError/Code/notAQueue`` or ``QueueError/Code/corrupt`` for a file that is not a queue's or has
    ///   in it what a queue's must not have, ``QueueError/Code/newerSchema`` for one of a newer release,
    ///   ``QueueError/Code/notPossibleNow`` for one of an older that no store has opened since,
    ///   ``QueueError/Code/readOnly``, or what SQLite says.
    public init(on connection: OpaquePointer, limits: JobSubmission.Limits = .default) throws(QueueError) {
        self.connection = Connection(borrowing: connection)
        self.limits = limits
        try Database.checkForeign(self.connection)
        // No store has the number 0, so each worker counts as one of another.
        context = StoreContext(Session(self.connection), log: nil, storeID: 0, process: .current)
        try schema.check(context.session)
        tools = Tools(bell: CommitBell(on: self.connection))
    }

    /// Submits a job.
    ///
    /// If a transaction is open, the job is part of it; otherwise it is committed when the call returns. Begin with
    /// `BEGIN IMMEDIATE`: a transaction that has read before it writes is refused with ``QueueError/Code/busy`` if
    /// another connection has written meanwhile, and only a new one helps. Waiting for the lock is up to the
    /// connection's busy handler.
    ///
    /// - Parameters:
    ///   - submission: The job; a queue makes one of a payload with `submission(of:_:)`.
    ///   - now: The time of the submission.
    /// - Returns: What becomes of it if the transaction is committed.
    /// - Throws: ``QueueError`` for a submission that is not valid, or what SQLite says; then the transaction is as
    ///   it was before the
    ///   call, and can go on. After ``QueueError/Code/diskFull``, ``QueueError/Code/io`` and
    ///   ``QueueError/Code/outOfMemory`` SQLite may have rolled back all of it: ask `sqlite3_get_autocommit`.
    @discardableResult
    public func submit(_ submission: JobSubmission, at now: Timestamp) throws(QueueError) -> SubmitOutcome {
        try submission.validate(limits: limits)
        return try atomically { (context) throws(QueueError) in try Submitting(context).submit(submission, at: now) }
    }

    /// Submits jobs that may depend on one another by their place: all of them, or none.
    ///
    /// See ``submit(_:at:)``; the error's ``QueueError/index`` names the first submission that is at fault.
    ///
    /// - Returns: An outcome for each, in order.
    @discardableResult
    public func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) throws(QueueError) -> [SubmitOutcome] {
        try JobSubmission.validate(batch, limits: limits)
        return try atomically { (context) throws(QueueError) in
            try Submitting(context).submit(contentsOf: batch, at: now)
        }
    }

    /// Gives the prepared statements up, without which the connection could not be closed; later calls throw
    /// ``QueueError/Code/closed``.
    ///
    /// The end of the last reference does the same.
    public func close() {
        tools = nil
        context.close()
    }

    // MARK: One call

    /// Runs what a call does as a whole or not at all, in the caller's transaction or, without one, in its own.
    private func atomically<Outcome>(
        _ body: (StoreContext) throws(QueueError) -> Outcome
    ) throws(QueueError) -> Outcome {
        guard let tools else { throw QueueError(.closed, "the submitter is closed") }
        let wasInTransaction = connection.isInTransaction
        let lastRow = connection.lastInsertedRow
        defer { connection.lastInsertedRow = lastRow }
        try context.session.statement(.savepoint).run()
        do throws(QueueError) {
            // Before anything is read: SQLite does not wait for the lock on behalf of what may be out of date.
            try context.session.statement(.lock).run()
            try schema.check(context.session)
            WriteTransaction(context).beginBorrowed()
            let outcome = try body(context)
            try WriteTransaction(context).writeBack()
            if let bell = tools.bell, try isHeard() { try bell.ringAtCommit() }
            try context.session.statement(.releaseSavepoint).run()
            return outcome
        } catch {
            undo(wasInTransaction: wasInTransaction)
            throw error
        }
    }

    /// Whether a worker may want to know of the call.
    private func isHeard() throws(QueueError) -> Bool {
        guard context.report.work != nil || !context.report.stops.isEmpty else { return false }
        return (try context.session.integer(.workerCount) ?? 0) > 0
    }

    /// Takes back what a call has done.
    ///
    /// The error that led here is the one that counts, so those from here are dropped.
    private func undo(wasInTransaction: Bool) {
        // SQLite itself rolls everything back after some errors.
        guard connection.isInTransaction else { return }
        try? context.session.statement(.rollBackToSavepoint).run()
        try? context.session.statement(.releaseSavepoint).run()
        if !wasInTransaction, connection.isInTransaction { try? context.session.statement(.rollback).run() }
    }
}

extension TransactionalSubmitter {
    /// Submits jobs inside of the transaction of a connection, with all that has to be prepared for it and given up
    /// again.
    ///
    /// For the one call now and then; a submitter that is kept costs a fraction of it. See ``submit(contentsOf:at:)``.
    @discardableResult
    public static func submit(
        contentsOf batch: [JobSubmission], on connection: OpaquePointer, at now: Timestamp,
        limits: JobSubmission.Limits = .default
    ) throws(QueueError) -> [SubmitOutcome] {
        let submitter = try TransactionalSubmitter(on: connection, limits: limits)
        defer { submitter.close() }
        return try submitter.submit(contentsOf: batch, at: now)
    }
}
