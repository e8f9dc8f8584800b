import QueueModel
import QueueStoreKit

/// Reports what happened to a queue and to its jobs: counts it, and passes it to subscribers as events.
///
/// Everything is reported after the change it describes has been committed. Events are only made if somebody wants
/// them. A class, so that a report does not copy what it is made of.
final class Reporter: Sendable {
    let events: EventHub
    let metrics: MetricsRegistry
    let wallClock: any WallClock
    let log: any LogSink

    init(events: EventHub, metrics: MetricsRegistry, wallClock: any WallClock, log: any LogSink) {
        self.events = events
        self.metrics = metrics
        self.wallClock = wallClock
        self.log = log
    }

    private var now: Timestamp { wallClock.now() }

    // MARK: Turns

    /// Reports what a turn has changed: first how its attempts ended, and then what that caused.
    func report(_ turn: TurnReport) {
        if !turn.batch.isEmpty {
            metrics.noteCommitted(batch: turn.batch.count, took: turn.duration)
            metrics.noteEnded(turn.batch, turn.outcomes)
            reportEnds(turn)
        }
        report(turn.changes)
    }

    private func reportEnds(_ turn: TurnReport) {
        guard events.wants([.ended, .attempts, .started, .trouble]) else { return }
        var ends: [JobEvent] = []
        ends.reserveCapacity(turn.batch.count)
        for (attempt, outcome) in zip(turn.batch, turn.outcomes) { append(attempt, outcome, to: &ends) }
        events.publish(ends)
    }

    private func append(_ attempt: FinishedAttempt, _ outcome: CompletionOutcome, to events: inout [JobEvent]) {
        let completion = attempt.completion
        func add(_ kind: JobEvent.Kind) {
            events.append(
                JobEvent(kind, id: completion.id, type: attempt.execution.job.type, at: completion.endedAt))
        }
        let state: JobState
        switch outcome {
        case .recorded(let recorded): state = recorded
        case .stale: return add(.stale)
        case .effectFailed: return
        }
        if state.isTerminal { return add(.ended(state, completion.end.failure)) }
        switch completion.end {
        case .retry(let at, let failure): add(.retrying(at: at, failure))
        case .retryInPlace(let failure):
            add(.retrying(at: completion.endedAt, failure))
            add(.started(attempt: completion.attempt + 1))
        case .snooze(let until): add(.snoozed(until: until))
        case .release: add(.released)
        case .preempted where state == .preempted: add(.preempted)
        case .success:
            add(.waiting)
            // All children had ended before the job did.
            if state == .pending { add(.unblocked) }
        default: add(.released)
        }
    }

    /// Reports an attempt whose end can't be stored.
    func reportRejected(_ attempt: FinishedAttempt, _ error: any Error) {
        metrics.noteRejected(attempt)
        log.log(.error, "the end of \(attempt.completion.id) can't be stored, and is left to recovery: \(error)")
        let kind = JobEvent.Kind.completionRejected(message: "\(error)")
        guard events.wants(kind.kinds) else { return }
        events.publish([
            JobEvent(kind, id: attempt.completion.id, type: attempt.execution.job.type, at: attempt.completion.endedAt)
        ])
    }

    /// Reports attempts that begin.
    func reportStarted(_ executions: [Execution]) {
        metrics.noteStarted(executions)
        guard events.wants(.started) else { return }
        let now = now
        events.publish(
            executions.lazy.map(\.job).map {
                JobEvent(.started(attempt: $0.attempt), id: $0.id, type: $0.type, at: now)
            })
    }

    // MARK: Everything else

    /// Reports something that happened to the queue or to a job.
    func report(_ kind: JobEvent.Kind, id: JobID? = nil, type: JobType? = nil) {
        guard events.wants(kind.kinds) else { return }
        events.publish([JobEvent(kind, id: id, type: type, at: now)])
    }

    /// Reports changes that something else caused.
    func report(_ changes: [JobChange]) {
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

    /// Reports jobs that were given another priority or group: one event per type, and one per job to those who
    /// subscribed to a single job.
    func report(_ edit: JobEvent.Edit, of edits: [BulkStep.Edit]) {
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

    /// Reports submissions, the jobs that they superseded, and what else changed because of them.
    func reportSubmitted(
        _ types: some Collection<JobType>, _ outcomes: some Collection<SubmitOutcome>, at now: Timestamp
    ) {
        metrics.noteSubmitted(outcomes)
        guard
            events.wants(.submitted)
                || events.wants([.ended, .unblocked]) && outcomes.contains(where: \.changesOthers)
        else { return }
        var reported: [JobEvent] = []
        reported.reserveCapacity(outcomes.count)
        for (type, outcome) in zip(types, outcomes) {
            if case .superseded(let old, by: _, changes: _) = outcome {
                reported.append(JobEvent(.ended(.superseded, nil), id: old, type: type, at: now))
            }
            reported.append(JobEvent(.submitted(outcome), id: outcome.id, type: type, at: now))
        }
        // After all submissions: what followed from one may concern the job of another.
        for outcome in outcomes { for change in outcome.changes { reported.append(event(of: change, at: now)) } }
        events.publish(reported)
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
