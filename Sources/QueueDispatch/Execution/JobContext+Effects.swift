public import QueueModel
import QueueStoreKit

extension JobContext {
    /// Has something done in the very transaction that records this attempt's success, so that it happens exactly once (rule E8).
    ///
    /// It is done after the executor has returned, in the order of the calls, and only if this attempt is still the job's present one. An attempt that
    /// fails, is cancelled or loses its lease leaves nothing of it. What `execute` attaches is done when its success is recorded, which is
    /// before children end that it has spawned; `finalize` may attach more.
    ///
    /// If an effect fails, none of the attempt's is done, and the job ends as if the executor had thrown the effect's error: it is tried again or
    /// fails for good. The other jobs of the batch are not concerned.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/effectNotAccepted`` if the queue's store can't do it;
    ///   ``QueueError/Code/notPossibleNow`` when the attempt has ended, as for a task that outlives it.
    public func attach(_ effect: any CompletionEffect) throws(QueueError) {
        guard queue.store.accepts(effect) else {
            throw QueueError(
                .effectNotAccepted, "the queue's store, a \(type(of: queue.store)), can't do a \(type(of: effect))",
                jobs: [id])
        }
        guard execution.attach(effect, in: attempt) else {
            throw QueueError(.notPossibleNow, "attempt \(attempt) at \(id) has ended", jobs: [id])
        }
    }
}
