import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

extension QueueCore {
    /// Tells subscribers of something that happened to the queue or to a job.
    func tell(_ kind: JobEvent.Kind, id: JobID? = nil, type: JobType? = nil) {
        guard events.wants(kind.kinds) else { return }
        events.publish([JobEvent(kind, id: id, type: type, at: now)])
    }

    /// Tells subscribers of changes that something else caused.
    func tell(_ changes: [JobChange]) {
        guard !changes.isEmpty, events.wants([.ended, .unblocked, .attempts]) else { return }
        let now = now
        events.publish(changes.map { event(of: $0, at: now) })
    }

    private func event(of change: JobChange, at now: Timestamp) -> JobEvent {
        let kind: JobEvent.Kind =
            switch change.state {
            case .pending: change.cause == nil ? .recovered : .unblocked
            case .waiting: .waiting
            case .running, .blocked, .preempted: .released
            default: .ended(change.state, nil)
            }
        return JobEvent(kind, id: change.id, type: change.type, at: now, age: change.age)
    }

    /// Tells of jobs that were given another priority or group: once a type, but those who subscribed to one of the jobs of that one.
    func tell(_ edit: JobEdit, of edits: [BulkStep.Edit]) {
        guard !edits.isEmpty, events.wants(.edited) else { return }
        let now = now
        let byType = Dictionary(grouping: edits, by: \.type).values.sorted { $0[0].id < $1[0].id }
        events.publish(
            byType.map { edits in
                JobEvent(
                    .edited(edit, count: edits.count), id: edits.count == 1 ? edits[0].id : nil, type: edits[0].type,
                    at: now)
            },
            toThoseOfJobs: edits.map { JobEvent(.edited(edit, count: 1), id: $0.id, type: $0.type, at: now) })
    }

    /// Tells of the end of a job that had not started, and then of what it caused.
    func tellCancelled(_ id: JobID, _ changes: [JobChange]) async {
        // The type is for subscribers alone, and costs a look.
        guard events.wants([.ended, .unblocked]) else { return }
        if !changes.contains(where: { $0.id == id }) {
            tell(.ended(.cancelled, nil), id: id, type: try? await store.job(id)?.type)
        }
        tell(changes)
    }

    /// Tells of submissions, of the jobs that they superseded, and of what else changed because of them.
    func tellSubmitted(
        _ types: some Collection<JobType>, _ outcomes: some Collection<SubmitOutcome>, at now: Timestamp
    ) {
        metrics.noteSubmitted(outcomes)
        let tellsAll = events.wants(.submitted)
        guard tellsAll || events.wants([.ended, .unblocked]) && outcomes.contains(where: \.changesOthers)
        else { return }
        var told: [JobEvent] = []
        told.reserveCapacity(outcomes.count)
        for (type, outcome) in zip(types, outcomes) {
            if case .superseded(let old, by: _, changes: _) = outcome {
                told.append(JobEvent(.ended(.superseded, nil), id: old, type: type, at: now))
            }
            told.append(JobEvent(.submitted(outcome), id: outcome.id, type: type, at: now))
        }
        // After all submissions: what followed from one may concern the job of another.
        for outcome in outcomes { for change in outcome.changes { told.append(event(of: change, at: now)) } }
        events.publish(told)
    }

    /// Tells of attempts that begin.
    func tellStarted(_ executions: [Execution]) {
        metrics.noteStarted(executions)
        guard events.wants(.started) else { return }
        let now = now
        events.publish(
            executions.lazy.map(\.job).map {
                JobEvent(.started(attempt: $0.attempt), id: $0.id, type: $0.type, at: now)
            })
    }

    /// Tells the sink, if there is one, how the run stands.
    func tellStanding() {
        guard let sink = configuration.metrics, let worker else { return }
        sink.set(.running, to: Double(worker.runningCount), [])
        sink.set(.uncommitted, to: Double(worker.channel.uncommitted), [])
    }
}

extension SubmitOutcome {
    /// Whether another job had to make place, or changed otherwise.
    fileprivate var changesOthers: Bool {
        switch self {
        case .superseded: true
        case .inserted(_, let changes): !changes.isEmpty
        case .duplicate, .upgraded, .rerunQueued, .rejected: false
        }
    }
}
