public import QueueModel
public import QueueStoreKit

/// A persistent job queue: takes jobs in, and runs them.
///
///     let queue = try JobQueue(store: store, configuration: QueueConfiguration(coder: JSONCoder(), concurrency: 8)) {
///         Domain("media") { MakeThumbnail() }.concurrency(4)
///     }
///     try await queue.submit(Thumbnail(path: "a.jpg", width: 256))
///     try await queue.run()
///
/// Jobs can be submitted, looked at and cancelled whether or not the queue runs. Several queues, in one process or in several, may
/// share a store; each is a worker of it.
///
/// Executors run at least once for each job, and each job has exactly one recorded outcome (rule L3).
public final class JobQueue: Sendable {
    let core: QueueCore

    /// The store in which the jobs live.
    public var store: any JobStore { core.store }
    /// The settings that the queue was created with.
    public var configuration: QueueConfiguration { core.configuration }

    /// Makes a queue over a store.
    ///
    /// - Parameters:
    ///   - store: Where the jobs live; it has to outlive the queue, and is closed by ``close()`` or by its owner.
    ///   - configuration: How the queue runs.
    ///   - domains: The executors, in domains or without.
    /// - Throws: ``QueueError/Code/invalidOption`` for a setting outside of its range,
    ///   ``QueueError/Code/invalidRegistration`` for executors that contradict each other.
    public init(
        store: any JobStore, configuration: QueueConfiguration, @DomainBuilder domains: () -> [Domain]
    ) throws(QueueError) {
        core = try QueueCore(store: store, configuration: configuration, domains: domains())
    }

    var now: Timestamp { core.now }
    var registry: Registry { core.registry }
    var resolver: SubmissionResolver { core.resolver }
    var events: EventHub { core.events }
    var ticker: Ticker { core.ticker }

    // MARK: Running

    /// Claims and runs jobs until ``shutdown(within:)`` is called or the task is cancelled.
    ///
    /// At first the jobs of dead workers are taken back. Each job runs in a child task; nothing outlives the call. Cancelling the task
    /// stops claiming and asks all running jobs to stop at once; they go back to their place in the order, without a failed
    /// attempt. The call returns after all of them have returned and all ends of attempts are stored.
    ///
    /// An executor that never returns keeps the call from returning.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/completionsNotStored``, naming the jobs, if some ends could not be
    ///   stored within ``QueueConfiguration/shutdownTimeLimit``; ``QueueError/Code/alreadyRunning``; what the store throws when the
    ///   worker's lease is opened, or for good when it claims.
    public func run() async throws {
        try await run(untilIdle: false)
    }

    /// Runs as ``run()`` does, and returns by itself when nothing runs, no job can be claimed and none waits for its time.
    ///
    /// Jobs that are held back by a pause, a limit of another worker, or a dependency that does not end do not keep it. Those that wait for
    /// a token of a rate, or that the machine's load holds back, do: they pass without anybody's doing. Schedules do not: what is due of them
    /// is fired and run, what comes later is not waited for.
    public func runUntilIdle() async throws {
        try await run(untilIdle: true)
    }

    /// Runs; calls `started` once ``shutdown(within:)`` has something to shut down.
    package func run(untilIdle: Bool, started: () -> Void = {}) async throws {
        let session = try RunSession(self, endsWhenIdle: untilIdle)
        try core.begin(session)
        defer { core.end() }
        started()
        try await withTaskCancellationHandler {
            // The session's task is not cancelled with this one, but told to stop: what jobs leave to be stored is stored by a task
            // that can still wait. It ends before this call does.
            try await Task(executorPreference: configuration.taskExecutor) { try await session.run() }.value
        } onCancel: {
            session.stop(within: .zero)
        }
    }

    /// Whether the queue runs now.
    public var isRunning: Bool { core.worker != nil }

    /// Ends ``run()``: nothing more is claimed; running jobs may go on until the limit, and are asked to stop then.
    ///
    /// Returns at once. A later call may shorten the limit.
    ///
    /// - Parameter limit: How long running jobs may go on; default ``QueueConfiguration/shutdownTimeLimit``.
    public func shutdown(within limit: Duration? = nil) {
        core.worker?.stop(within: limit ?? configuration.shutdownTimeLimit)
    }

    /// Ends all event streams, and closes the store.
    ///
    /// The queue must not run any more.
    public func close() async {
        core.events.finish()
        await core.store.close()
    }
}
