public import QueueModel
import QueueStoreKit

extension JobContext {
    /// Attaches an effect that is applied in the transaction that records this attempt's success, so that it happens
    /// exactly once.
    ///
    /// Effects are applied after the executor has returned, in the order of the calls, and only if this attempt is
    /// still the job's present one. An attempt that fails, is canceled or loses its lease leaves no effects. Effects
    /// that `execute` attaches are applied when its success is recorded, which is before spawned children end;
    /// `finalize` may attach more.
    ///
    /// If an effect fails, none of the attempt's effects are applied, and the job ends as if the executor had thrown
    /// the effect's error: it is retried or fails. Other jobs of the batch are not affected.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/effectNotAccepted`` if the queue's store can't apply it;
    ///   ``QueueError/Code/notPossibleNow`` if the attempt has ended, as for a task that outlives it.
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
