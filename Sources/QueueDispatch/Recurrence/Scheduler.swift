import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// Fires what is due of the store's schedules, for one run loop (rule D13).
///
/// It knows no schedule by heart, only when to look next: at the next instant that the store names, at a signal that schedules
/// have changed, and with each poll. So a clock that is set, and what other processes do, are noticed as they are for jobs.
/// Several workers may look at once; the store lets one of them fire.
struct Scheduler {
    private let session: RunSession
    /// Types that may be submitted here.
    private let types: Set<JobType>
    /// When an occurrence becomes due, or a look that failed is tried again, as far as is known.
    private(set) var nextDue: Duration?
    /// When to look without a signal.
    private var nextPoll = Duration.zero
    private var failures = 0
    /// What has been logged, once a run: types and schedules that nothing can be done with here.
    private var reported: Set<String> = []

    /// How many occurrences share a transaction: other writes come between.
    private static let batch = 256

    init(_ session: RunSession) {
        self.session = session
        types = Set(session.core.registry.byType.keys)
    }

    /// Whether a look failed, something may be due that was not fired, and the next try may find it.
    private(set) var isRetrying = false

    private var core: QueueCore { session.core }

    /// Fires what is due, if it is time to look.
    mutating func fireDue(at now: Duration) async {
        let hasChanged = session.takeScheduleChange()
        let isDue = nextDue.map { $0 <= now } ?? false
        guard hasChanged || isDue || nextPoll <= now else { return }
        guard session.state.withLock({ $0.stop == .no }) else {
            // Who stops fires nothing more, and need not wake up for it.
            nextDue = nil
            isRetrying = false
            return
        }
        nextPoll = now + core.configuration.pollInterval
        do {
            var agenda = try await look()
            if try await fire(agenda.due) {
                session.wake()
                agenda = try await look()
            }
            failures = 0
            isRetrying = false
            nextDue = plan(agenda)
        } catch {
            failures += 1
            isRetrying = error.isTransient
            let delay = core.configuration.storeRetryDelay.delay(afterFailures: failures)
            nextDue = session.ticker.now() + delay
            core.configuration.log.log(
                error.isTransient ? .warning : .error,
                "schedules can't be fired, which is tried again in \(delay): \(error)")
        }
    }

    private mutating func look() async throws(QueueError) -> ScheduleAgenda {
        let agenda = try await core.store.agenda(of: types, at: core.now)
        for type in agenda.others {
            report("type \(type)", .warning, "schedules of type \"\(type)\" are due, and have no executor here")
        }
        return agenda
    }

    /// When to look again.
    ///
    /// What is due still, though it has just been fired, became so meanwhile; what can't be fired here waits for the poll.
    private func plan(_ agenda: ScheduleAgenda) -> Duration? {
        let now = session.ticker.now()
        if agenda.due.contains(where: { !reported.contains("schedule \($0.id)") }) { return now }
        return agenda.next.map { now + max($0.since(core.now), .zero) }
    }

    /// Fires what is due, in batches; returns whether something was tried.
    private mutating func fire(_ due: [ScheduleAgenda.Entry]) async throws(QueueError) -> Bool {
        let now = core.now
        var pending: [(entry: ScheduleAgenda.Entry, firing: ScheduleFiring)] = []
        for entry in due {
            do throws(QueueError) {
                let occurrence = try Schedule(entry.recurrence).occurrence(due: entry.due, now: now)
                pending.append(
                    (
                        entry,
                        ScheduleFiring(
                            schedule: entry.id, expected: entry.due, due: occurrence.due, next: occurrence.next)
                    ))
            } catch {
                report("schedule \(entry.id)", .error, "the schedule \"\(entry.id)\" can't be fired here: \(error)")
            }
        }
        var rest = pending[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batch)
            rest = rest.dropFirst(Self.batch)
            let outcomes = try await core.store.fire(batch.map(\.firing), at: now)
            for (item, outcome) in zip(batch, outcomes) { core.tell(outcome, of: item.entry, item.firing, at: now) }
        }
        return !pending.isEmpty
    }

    private mutating func report(_ key: String, _ level: LogLevel, _ message: @autoclosure () -> String) {
        guard reported.insert(key).inserted else { return }
        core.configuration.log.log(level, message())
    }
}

extension QueueCore {
    /// Tells what became of an occurrence.
    fileprivate func tell(
        _ outcome: FiringOutcome, of entry: ScheduleAgenda.Entry, _ firing: ScheduleFiring, at now: Timestamp
    ) {
        let isLast: Bool
        switch outcome {
        case .notDue:
            return
        case .fired(let submitted, let hasEnded):
            tellSubmitted(CollectionOfOne(entry.type), CollectionOfOne(submitted), at: now)
            isLast = hasEnded
        case .skipped(let predecessor, let hasEnded):
            configuration.log.log(
                .info, "an occurrence of the schedule \"\(entry.id)\" is skipped: \(predecessor) has not ended")
            tell(.occurrenceSkipped(entry.id, due: firing.due), id: predecessor, type: entry.type)
            isLast = hasEnded
        }
        if isLast { tell(.schedule(entry.id, .ended), type: entry.type) }
    }
}
