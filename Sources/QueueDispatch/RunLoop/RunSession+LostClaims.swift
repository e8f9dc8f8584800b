import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

extension RunSession {
    /// The jobs that the store has for a worker's and that never came to it; `nil`: it can't be told yet.
    ///
    /// Costs a look at all running jobs of the store.
    func lostClaims(of worker: WorkerID) async throws(QueueError) -> [JobRecord]? {
        let known = state.withLock { state -> Set<JobID>? in
            // A job whose end is on its way to the store has left the list, and the store has it still. What is left when the worker stops
            // goes back when its lease is given back, or runs out.
            guard channel.uncommitted == 0, !state.isRecovering, state.stop == .no else { return nil }
            return Set(state.running.keys)
        }
        guard let known else { return nil }
        var lost: [JobRecord] = []
        var query = JobQuery(states: [.running], order: .oldestFirst, limit: 1000)
        repeat {
            let page = try await core.store.jobs(query)
            lost += page.jobs.filter { job in
                job.worker == worker && !known.contains(job.id) && !recorder.isLeftToRecovery(job.id)
            }
            query.after = page.next
        } while query.after != nil
        return lost
    }
}
