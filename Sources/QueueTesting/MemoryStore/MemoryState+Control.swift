import QueueModel

extension MemoryState {
    /// Cancels a job with its children, and with its dependents as their policies say.
    mutating func cancel(_ id: JobID, at now: Timestamp, _ report: inout CommitReport) -> CancelOutcome {
        guard let record = jobs[id]?.record else { return .unknown }
        if record.state.isTerminal { return .alreadyEnded(record.state) }
        propagate([.stop(id, as: .cancelled, cause: nil)], at: now, &report)
        guard record.state == .running, let worker = record.worker else { return .cancelled(report.changes) }
        return .requested(worker: worker, changes: report.changes)
    }

    /// Submits a copy of an ended job.
    mutating func resubmit(
        _ id: JobID, at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> SubmitOutcome {
        guard let record = jobs[id]?.record else { throw QueueError.unknown(id) }
        guard record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(record.state) and has not ended", jobs: [id])
        }
        let outcome = store(jobs.resubmission(of: record), at: now, &report)
        schedules.replacePredecessor(record, with: outcome.id)
        return outcome
    }
}
