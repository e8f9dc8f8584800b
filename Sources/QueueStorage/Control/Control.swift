import QueueModel
import QueueStoreKit

/// Cancels jobs, and submits ended ones again.
struct Control: StoreComponent {
    let context: StoreContext

    /// Cancels a job with its children, and with its dependents as their policies say.
    func cancel(_ id: JobID, at now: Timestamp) throws(QueueError) -> CancelOutcome {
        guard let head = try jobs.head(id.rawValue) else { return .unknown }
        if head.state.isTerminal { return .alreadyEnded(head.state.jobState) }
        try Propagation(context).run([.stop(id.rawValue, as: .cancelled, cause: nil)], at: now)
        return head.isRunning
            ? .requested(worker: WorkerID(rawValue: head.worker), changes: context.changes)
            : .cancelled(context.changes)
    }

    /// Submits an ended job again, as a new job.
    func resubmit(_ id: JobID, at now: Timestamp) throws(QueueError) -> SubmitOutcome {
        guard let record = try session.record(id.rawValue) else {
            throw QueueError(.unknownJob, "no job has the id \(id)", jobs: [id])
        }
        guard record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(record.state) and has not ended", jobs: [id])
        }
        let outcome = try Submitting(context).accept(Submitting(context).again(record), at: now)
        try Schedules(context).replacePredecessor(record, with: outcome.id)
        return outcome
    }
}
