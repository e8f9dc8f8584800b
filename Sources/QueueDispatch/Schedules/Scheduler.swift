import QueueModel
import QueueStoreKit

/// Fires what is due of the store's schedules, for one worker.
///
/// It keeps no schedules, only what it has reported and how often it has failed. When to look is a matter of
/// ``WorkerState``: at the next instant that the store names, at a signal that schedules have changed, and with each
/// poll. So a clock that is set, and what other processes do, are noticed as they are for jobs. Several workers may
/// look at once; the store lets one of them fire.
struct Scheduler {
    private let core: QueueCore
    /// Types that may be submitted here.
    private let types: Set<JobType>
    private var failures = 0
    /// The keys of what has been logged, once per run: types and schedules that nothing can be done with here.
    private var reported: Set<String> = []

    /// The number of occurrences that share a transaction: other writes come between.
    private static let batchSize = 256

    init(_ core: QueueCore) {
        self.core = core
        types = Set(core.registry.byType.keys)
    }

    /// The result of a look at the schedules.
    struct Look {
        /// Whether something was fired, so that there may be work.
        var hasFired = false
        /// When an occurrence becomes due, or a failed look is tried again, as far as is known.
        var next: Duration?
        /// Whether the look failed, something may be due that was not fired, and the next look may find it.
        var isRetrying = false
    }

    /// Fires what is due.
    mutating func fireDue() async -> Look {
        var result = Look()
        do {
            var agenda = try await look()
            if try await fire(agenda.due) {
                result.hasFired = true
                agenda = try await look()
            }
            failures = 0
            result.next = nextLook(after: agenda)
        } catch {
            failures += 1
            result.isRetrying = error.isTransient
            let delay = core.configuration.storeRetryDelay.delay(afterFailures: failures)
            result.next = core.ticker.now() + delay
            core.configuration.log.log(
                error.isTransient ? .warning : .error,
                "schedules can't be fired, which is tried again in \(delay): \(error)")
        }
        return result
    }

    private mutating func look() async throws(QueueError) -> ScheduleAgenda {
        let agenda = try await core.store.agenda(of: types, at: core.now)
        for type in agenda.others {
            report("type \(type)", .warning, "schedules of type \"\(type)\" are due, and have no executor here")
        }
        return agenda
    }

    /// Returns when to look again.
    ///
    /// What is due still, though it has just been fired, became so meanwhile; what can't be fired here waits for the
    /// poll.
    private func nextLook(after agenda: ScheduleAgenda) -> Duration? {
        let now = core.ticker.now()
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
                let firing = ScheduleFiring(
                    schedule: entry.id, expected: entry.due, due: occurrence.due, next: occurrence.next)
                pending.append((entry, firing))
            } catch {
                report("schedule \(entry.id)", .error, "the schedule \"\(entry.id)\" can't be fired here: \(error)")
            }
        }
        var rest = pending[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batchSize)
            rest = rest.dropFirst(Self.batchSize)
            let outcomes = try await core.store.fire(batch.map(\.firing), at: now)
            for (item, outcome) in zip(batch, outcomes) { report(outcome, of: item.entry, item.firing, at: now) }
        }
        return !pending.isEmpty
    }

    // MARK: Reporting

    /// Logs a message, once per run and key.
    private mutating func report(_ key: String, _ level: LogLevel, _ message: @autoclosure () -> String) {
        guard reported.insert(key).inserted else { return }
        core.configuration.log.log(level, message())
    }

    /// Reports what became of an occurrence.
    private func report(
        _ outcome: FiringOutcome, of entry: ScheduleAgenda.Entry, _ firing: ScheduleFiring, at now: Timestamp
    ) {
        let isLast: Bool
        switch outcome {
        case .notDue:
            return
        case .fired(let submitted, let hasEnded):
            core.reporter.reportSubmitted(CollectionOfOne(entry.type), CollectionOfOne(submitted), at: now)
            isLast = hasEnded
        case .skipped(let predecessor, let hasEnded):
            core.configuration.log.log(
                .info, "an occurrence of the schedule \"\(entry.id)\" is skipped: \(predecessor) has not ended")
            core.reporter.report(.occurrenceSkipped(entry.id, due: firing.due), id: predecessor, type: entry.type)
            isLast = hasEnded
        }
        if isLast { core.reporter.report(.schedule(entry.id, .ended), type: entry.type) }
    }
}
