import QueueModel

extension MemoryState {
    /// Cancels a job with its children, and with those that depend on it as their policies say (rule E6).
    mutating func cancel(_ id: JobID, at now: Timestamp, _ report: inout CommitReport) -> CancelOutcome {
        guard let record = jobs[id]?.record else { return .unknown }
        if record.state.isTerminal { return .alreadyEnded(record.state) }
        propagate([.stop(id, as: .cancelled, cause: nil)], at: now, &report)
        guard record.state == .running, let worker = record.worker else { return .cancelled(report.changes) }
        return .requested(worker: worker, changes: report.changes)
    }

    /// Makes a new job of an ended one (rules L1, E4).
    mutating func resubmit(
        _ id: JobID, at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> SubmitOutcome {
        guard let record = jobs[id]?.record else { throw JobTable.unknown(id) }
        guard record.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(record.state) and has not ended", jobs: [id])
        }
        let outcome = store(jobs.resubmission(of: record), at: now, &report)
        schedules.replacePredecessor(record, with: outcome.id)
        return outcome
    }

    mutating func pause(_ pause: Pause, at now: Timestamp, _ report: inout CommitReport) {
        pauses.add(pause, at: now)
        report.changedPauses = true
    }

    mutating func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp, _ report: inout CommitReport
    ) -> Bool {
        guard pauses.remove(target, reason: reason, at: now) else { return false }
        report.changedPauses = true
        // A job that was paused may have any priority.
        report.noteWork(.realtime)
        return true
    }
}
