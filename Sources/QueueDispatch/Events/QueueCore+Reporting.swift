import QueueModel

extension QueueCore {
    /// Reports something that happened to the queue or to a job.
    func tell(_ kind: JobEvent.Kind, id: JobID? = nil, type: JobType? = nil) {
        reporter.report(kind, id: id, type: type)
    }

    /// Reports changes that something else caused.
    func tell(_ changes: [JobChange]) {
        reporter.report(changes)
    }

    /// Reports jobs that were given another priority or group.
    func tell(_ edit: JobEdit, of edits: [BulkStep.Edit]) {
        reporter.report(edit, of: edits)
    }

    /// Reports submissions.
    func tellSubmitted(
        _ types: some Collection<JobType>, _ outcomes: some Collection<SubmitOutcome>, at now: Timestamp
    ) {
        reporter.reportSubmitted(types, outcomes, at: now)
    }

    /// Reports the end of a job that had not started, and then what it caused.
    func tellCancelled(_ id: JobID, _ changes: [JobChange]) async {
        // The type is for subscribers alone, and costs a look.
        guard events.wants([.ended, .unblocked]) else { return }
        if !changes.contains(where: { $0.id == id }) {
            reporter.report(.ended(.cancelled, nil), id: id, type: try? await store.job(id)?.type)
        }
        reporter.report(changes)
    }
}
