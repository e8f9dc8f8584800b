public import QueueModel
public import QueueStoreKit

extension SQLiteJobStore {
    /// Takes a worker in.
    ///
    /// Beside the lease, others judge by this process: if it is gone, so is the worker.
    public func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).open(lease: lease, at: now)
        }
    }

    /// Renews a worker's lease.
    public func renewLease(of worker: WorkerID, at now: HostTime) async throws(QueueError) -> LeaseRenewal {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).renewLease(of: worker, at: now)
        }
    }

    /// Gives back a worker's lease.
    public func closeWorker(_ worker: WorkerID, at now: Timestamp) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).close(worker, at: now)
        }
    }

    /// Takes the jobs of dead workers back: the process is gone on this host, the host has been started anew, or the
    /// lease has run out.
    public func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        try await core.write(.long) { (context) throws(QueueError) in
            try Recovery(context).recover(at: now, maximumCrashes: maximumCrashes)
        }
    }

    /// One turn of a worker.
    ///
    /// The cost does not grow with the number of jobs that are held back.
    public func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        try await core.perform(TurnOperation(completions: completions, request: request, now: now))
    }

    /// Whether an effect is a ``SQLiteEffect``.
    public func accepts(_ effect: any CompletionEffect) -> Bool {
        effect is SQLiteEffect
    }

    /// Saves bytes for the next attempt at a job.
    public func saveCheckpoint(_ bytes: [UInt8]?, of id: JobID, attempt: Int) async throws(QueueError) {
        try await core.write { (context) throws(QueueError) in
            try Workers(context).saveCheckpoint(bytes, of: id, attempt: attempt)
        }
    }

    /// Calls `body` after commits of this store, and when another process says that there is something to look at.
    public func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        core.observe(body)
    }
}
