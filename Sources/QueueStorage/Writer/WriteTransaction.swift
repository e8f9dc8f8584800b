import QueueModel
import QueueStoreKit

/// A transaction of the writer's connection.
struct WriteTransaction: StoreComponent {
    let context: StoreContext

    /// Does beforehand what the first operations would wait for: prepares statements, and loads the board.
    ///
    /// What fails here fails again where somebody can be told of it.
    func warmUp() {
        do throws(QueueError) {
            try session.prepare(SQL.hot)
            try begin()
            try commit()
        } catch {
            context.lanes.invalidate()
        }
    }

    /// Begins a transaction, and loads what is not known or no longer true.
    func begin() throws(QueueError) {
        try session.statement(.begin).run()
        do throws(QueueError) {
            if context.isShared, session.connection.dataVersion != context.seenVersion {
                try context.schema.check(session)
                for (id, job) in context.lanes.running.jobs where context.openWorkers.contains(job.worker) {
                    context.jobsToVerify[id] = job.worker
                }
                forget()
            }
            if session.names.count > 50_000 || context.lanes.lanes.count > 20_000 {
                session.names.removeAll()
                keepShares()
                context.lanes.invalidate()
            }
            if !context.lanes.isLoaded { try LaneLoader(context).load() }
        } catch {
            rollback()
            throw error
        }
    }

    /// Commits; on an error the transaction is undone.
    func commit() throws(QueueError) {
        do throws(QueueError) {
            try writeBack()
            try session.statement(.commit).run()
            if context.isShared { context.seenVersion = session.connection.dataVersion }
        } catch {
            rollback()
            throw error
        }
    }

    /// Writes down what runs under the workers of which it has changed.
    func writeBack() throws(QueueError) {
        for worker in context.lanes.changedWorkers {
            let row = try session.statement(.setRunning)
            row.bind(worker, at: 1)
            row.bind(StoredText.bytes(of: context.lanes.running.ids(of: worker)), at: 2)
            try row.run()
        }
        context.lanes.changedWorkers.removeAll(keepingCapacity: true)
        if !context.buckets.changed.isEmpty { try Buckets(context).store() }
        if context.tallies.hasChanged { try Statistics(context).store() }
    }

    /// Undoes the transaction.
    ///
    /// The error that led here is the one that counts, so one from the rollback is dropped.
    func rollback() {
        if session.connection.isInTransaction { try? session.statement(.rollback).run() }
        session.names.removeAll()
        context.seenSchedules = nil
        forget()
    }

    /// Begins in a transaction of somebody else's: nothing is known, and the board stays empty unless it is asked for.
    ///
    /// What an earlier call has learned, names included, may have been rolled back since.
    func beginBorrowed() {
        session.names.removeAll()
        forget()
        context.beginOperation()
    }

    /// Loads the board if it was not loaded with the transaction.
    func loadIfNeeded() throws(QueueError) {
        if !context.lanes.isLoaded { try LaneLoader(context).load() }
    }

    private func forget() {
        keepShares()
        context.lanes.invalidate()
        context.buckets = TokenBuckets()
        context.tallies = TypeTallies()
        context.unwrittenReady = []
        context.lastJob = nil
        context.openWorkers = []
    }

    /// Keeps what a new board can't know: the table does not say who had how much.
    private func keepShares() {
        for (worker, shares) in context.lanes.shares { context.savedShares[worker] = shares }
    }
}
