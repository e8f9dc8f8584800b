public import QueueModel
public import QueueStoreKit

/// A persistent job queue: it stores jobs and runs them.
///
///     let queue = try JobQueue(store: store, configuration: QueueConfiguration(coder: JSONCoder(), concurrency: 8)) {
///         Domain("media") { MakeThumbnail() }.concurrency(4)
///     }
///     try await queue.submit(Thumbnail(path: "a.jpg", width: 256))
///     try await queue.run()
///
/// Jobs can be submitted, inspected and canceled whether or not the queue runs. Several queues, in one process or in
/// several, may share a store; each of them is one worker of the store.
///
/// Each job is executed at least once, and has exactly one recorded outcome.
///
/// Further calls are grouped by subject: ``inspector`` reads what is stored and what runs, ``limits`` changes limits
/// while the queue runs, ``schedules`` manages recurring jobs, and ``bulk`` changes many jobs at once.
public final class JobQueue: Sendable {
    let core: QueueCore

    /// The store in which the jobs live.
    public var store: any JobStore { core.store }
    /// The settings that the queue was created with.
    public var configuration: QueueConfiguration { core.configuration }

    /// Creates a queue over a store.
    ///
    /// - Parameters:
    ///   - store: The store in which the jobs live. It must outlive the queue; ``close()`` or its owner closes it.
    ///   - configuration: The settings of the queue.
    ///   - domains: The executors, in domains or without one.
    /// - Throws: ``QueueError/Code/invalidOption`` for a setting outside its range,
    ///   ``QueueError/Code/invalidRegistration`` for executors that contradict each other.
    public init(
        store: any JobStore, configuration: QueueConfiguration, @Domain.Builder domains: () -> [Domain]
    ) throws(QueueError) {
        core = try QueueCore(store: store, configuration: configuration, domains: domains())
    }

    // MARK: Running

    /// Claims and runs jobs until ``shutdown(within:)`` is called or the task is canceled.
    ///
    /// The queue first takes back the jobs of dead workers. Each job runs in a child task, and no task outlives the
    /// call. Canceling the task stops claiming and asks all running jobs to stop at once; they return to their place in
    /// the order, and the attempt does not count as failed. The call returns after all executors have returned and all
    /// ends of attempts are stored.
    ///
    /// An executor that never returns keeps the call from returning.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/completionsNotStored``, naming the jobs, if some ends could not
    ///   be stored within ``QueueConfiguration/shutdownTimeLimit``; ``QueueError/Code/alreadyRunning``; the store's
    ///   error if the worker's lease can't be opened, or if claiming fails permanently.
    public func run() async throws {
        try await run(untilIdle: false)
    }

    /// Runs as ``run()`` does, and returns when nothing runs, no job can be claimed and none waits for its time.
    ///
    /// Jobs that are held back by a pause, by another worker's limit, or by a dependency that does not end don't keep
    /// the call from returning. Jobs that wait for a rate limit's token, or that the machine's load holds back, do:
    /// they become claimable by themselves. Schedules don't: occurrences that are due are submitted and run, later ones
    /// are not waited for.
    public func runUntilIdle() async throws {
        try await run(untilIdle: true)
    }

    /// Runs, and calls `started` once ``shutdown(within:)`` has something to shut down.
    package func run(untilIdle: Bool, started: () -> Void = {}) async throws {
        let worker = try Worker(self, endsWhenIdle: untilIdle)
        try core.begin(worker)
        defer { core.end() }
        started()
        try await withTaskCancellationHandler {
            // The worker's task is not canceled with this one, but asked to stop: what jobs leave to be stored is
            // stored by a task that can still wait. It ends before this call does.
            try await Task(executorPreference: configuration.taskExecutor) { try await worker.run() }.value
        } onCancel: {
            worker.stop(within: .zero)
        }
    }

    /// Whether the queue runs now.
    public var isRunning: Bool { core.worker != nil }

    /// Ends ``run()``: no more jobs are claimed; running jobs may continue until the limit, and are asked to stop then.
    ///
    /// Returns at once. A later call may shorten the limit.
    ///
    /// - Parameter limit: The time for which running jobs may continue; default
    ///   ``QueueConfiguration/shutdownTimeLimit``.
    public func shutdown(within limit: Duration? = nil) {
        core.worker?.stop(within: limit ?? configuration.shutdownTimeLimit)
    }

    /// Ends all event streams and closes the store.
    ///
    /// The queue must not be running.
    public func close() async {
        core.events.finish()
        await core.store.close()
    }

    // MARK: Further calls, by subject

    /// Reads more of what is stored and of what runs here: tags, attempts, dependencies, progress, statistics, audits.
    public var inspector: Inspector { Inspector(core: core) }
    /// Changes this worker's limits while the queue exists.
    public var limits: Limits { Limits(core: core) }
    /// Manages recurring jobs.
    public var schedules: Schedules { Schedules(core: core) }
    /// Changes many jobs at once.
    public var bulk: BulkOperations { BulkOperations(core: core) }
}
