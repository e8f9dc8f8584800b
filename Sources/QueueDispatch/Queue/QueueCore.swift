import QueueModel
import QueueStoreKit
import Synchronization

/// The parts that a queue, its faces, its worker and the contexts of its jobs share.
final class QueueCore: Sendable {
    let store: any JobStore
    let configuration: QueueConfiguration
    let registry: Registry
    let resolver: SubmissionResolver
    let rules: ClaimRulesSource
    let events = EventHub()
    let metrics: MetricsRegistry
    let ticker: Ticker
    let reporter: Reporter
    private let present = Mutex<Worker?>(nil)

    init(store: any JobStore, configuration: QueueConfiguration, domains: [Domain]) throws(QueueError) {
        try configuration.validate()
        let registry = try Registry(
            domains, defaults: configuration.defaults, states: configuration.states,
            middleware: configuration.middleware)
        let ticker = Ticker(configuration.clock)
        self.store = store
        self.configuration = configuration
        self.registry = registry
        self.ticker = ticker
        resolver = SubmissionResolver(registry: registry, coder: configuration.coder, limits: configuration.limits)
        rules = try ClaimRulesSource(configuration: configuration, registry: registry, ticker: ticker)
        metrics = MetricsRegistry(types: registry.types, sink: configuration.metrics)
        reporter = Reporter(
            events: events, metrics: metrics, wallClock: configuration.wallClock, log: configuration.log)
    }

    /// The present instant on the queue's wall clock.
    var now: Timestamp { configuration.wallClock.now() }
    /// The present instant with the host's uptime, by which leases are measured.
    var hostTime: HostTime { configuration.wallClock.hostTime }

    // MARK: The worker

    /// The worker that runs the queue's jobs now; `nil` while the queue does not run.
    var worker: Worker? { present.withLock { $0 } }

    /// Makes a worker the queue's present one; throws if there is one.
    func begin(_ worker: Worker) throws(QueueError) {
        try present.withLock { current throws(QueueError) in
            guard current == nil else {
                throw QueueError(.alreadyRunning, "the queue runs already")
            }
            current = worker
        }
    }

    /// Lets go of the queue's worker, which has ended.
    func end() {
        present.withLock { $0 = nil }
    }

    /// Wakes the worker, if there is one, to look for work.
    func wake() {
        worker?.wake()
    }

    // MARK: Events

    /// Adds a subscriber.
    func subscribe(_ filter: EventFilter, _ bufferSize: Int) -> JobEvents {
        let events = events.subscribe(filter, capacity: bufferSize)
        // While nobody subscribes to progress the worker doesn't wake for it.
        if filter.kinds.contains(.progressed) { worker?.progressIsWanted() }
        return events
    }

    // MARK: Submitting

    /// Commits a submission that has been resolved and validated, and reports it.
    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        let outcome = try await store.submit(submission, at: now)
        reporter.reportSubmitted(CollectionOfOne(submission.type), CollectionOfOne(outcome), at: now)
        return outcome
    }

    /// Commits submissions that have been resolved and validated, in one transaction, and reports them.
    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) async throws(QueueError) -> [SubmitOutcome] {
        if batch.isEmpty { return [] }
        let outcomes = try await store.submit(contentsOf: batch, at: now)
        reporter.reportSubmitted(batch.lazy.map(\.type), outcomes, at: now)
        return outcomes
    }
}
