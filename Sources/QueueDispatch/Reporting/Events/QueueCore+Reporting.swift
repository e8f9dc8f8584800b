import QueueModel
import QueueStoreKit

extension QueueCore {
    /// Reports the end of a job that had not started, and then what it caused.
    func reportCancelled(_ id: JobID, _ changes: [JobChange]) async {
        // The type is for subscribers alone, and costs a look.
        guard events.wants([.ended, .unblocked]) else { return }
        if !changes.contains(where: { $0.id == id }) {
            reporter.report(.ended(.cancelled, nil), id: id, type: try? await store.job(id)?.type)
        }
        reporter.report(changes)
    }
}
