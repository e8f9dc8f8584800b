import QueueModel
import QueueStoreKit

/// A transaction of the writer's connection.
struct WriteTransaction: StoreComponent {
    let context: StoreContext

    /// Does ahead what the first operations would wait for: prepares statements and loads the index of lanes.
    ///
    /// What fails here fails again in an operation that can report it.
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

    /// Begins in another connection owner's transaction: nothing is known, and the index of lanes is loaded only if
    /// needed.
    ///
    /// What an earlier call has learned, names included, may have been rolled back since.
    func beginBorrowed() {
        session.names.removeAll()
        forget()
        context.beginOperation()
    }

    /// Loads the index of lanes if it was not loaded with the transaction.
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

    /// Saves what a new index of lanes can't know: the table does not have past shares.
    private func keepShares() {
        for (worker, shares) in context.lanes.shares { context.savedShares[worker] = shares }
    }
}
