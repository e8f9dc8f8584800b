import QueueBackoff
import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// One run of a queue, from its worker's lease to its last commit.
///
/// A thin shell: ``WorkerState`` decides under one lock, and the worker carries out what it returns. A turn is run by
/// the loop (``WorkerLoop``) or by one of the tasks that run the jobs (``WorkerTasks``).
final class Worker: Sendable {
    let queue: JobQueue
    let core: QueueCore
    let lock: WorkerStateLock
    let channel: CompletionChannel<FinishedAttempt, CompletionOutcome>
    let consumer: Consumer<FinishedAttempt, CompletionOutcome>
    let random: Mutex<FastRandom>

    init(_ queue: JobQueue, endsWhenIdle: Bool) throws(QueueError) {
        let core = queue.core
        let configuration = core.configuration
        let lock = WorkerStateLock(WorkerSettings(configuration, endsWhenIdle: endsWhenIdle))
        self.queue = queue
        self.core = core
        self.lock = lock
        random = Mutex(configuration.seed.map { FastRandom(seed: $0) } ?? FastRandom())
        do {
            channel = try CompletionChannel(
                committer: RecoveryCommitter(core: core), options: configuration.completions.channelOptions,
                clock: configuration.clock, taskExecutor: configuration.taskExecutor,
                settled: { settlement in
                    // What was committed has been reported by the one that committed it.
                    guard case .rejected(let attempt, let error) = settlement else { return }
                    lock.state.withLock { $0.lease.leave(attempt.completion.id) }
                    attempt.giveUp()
                    core.reporter.reportRejected(attempt, error)
                },
                // The state is told of each change at the end of the turn that has made it.
                readinessChanged: {})
            // Completions are noted in the state, in the step that frees their slots.
            consumer = try channel.consume(onWork: {})
        } catch {
            throw QueueError(.invalidOption, "completions: \(error)", underlying: error)
        }
    }

    var ticker: Ticker { core.ticker }
    var log: any LogSink { core.configuration.log }

    // MARK: Signals

    /// Looks for work as soon as it can.
    ///
    /// - Parameter priority: The most urgent priority that the new work may have.
    func wake(for priority: Priority = .realtime) {
        let concurrency = core.rules.concurrency
        lock.send { $0.workSignalled(priority, concurrency: concurrency) }
    }

    /// Looks at the stored pauses anew, and then for work.
    func pausesChanged() {
        lock.send { $0.pausesChanged() }
    }

    /// Looks at the progress of running jobs from now on, since somebody has subscribed to it.
    func progressIsWanted() {
        lock.send { $0.loop.send() }
    }

    /// Stops claiming, and cancels what still runs after the limit.
    func stop(within limit: Duration) {
        let deadline = ticker.now() + limit
        lock.send { $0.stopAsked(deadline: deadline) }
    }

    /// Heeds the time limit of a running job, which was changed.
    func heedLimit(of execution: Execution, isFirst: Bool) {
        lock.send { $0.limitChanged(of: execution, isFirst: isFirst) }
    }

    /// Takes in a signal of the store.
    func take(_ signal: StoreSignal) {
        switch signal {
        case .work(let priority): wake(for: priority)
        case .stop(let ids): lock.send { $0.stopRequested(of: ids) }
        case .pauses: pausesChanged()
        case .schedules: lock.send { $0.schedulesChanged() }
        }
    }

    // MARK: Status

    /// The state of the worker at one instant, as the queue's callers see it.
    struct Status {
        /// The lease under which jobs are claimed; `nil` before the first.
        var lease: WorkerID?
        /// Whether the worker has been asked to stop.
        var isStopping: Bool
        /// The jobs that run here, the first submitted first.
        var running: [Execution]
        /// The number of completions that wait to be stored.
        var uncommitted: Int
        /// Whether these are so many that nothing is claimed for now.
        var isHoldingBack: Bool
    }

    /// The worker's status now.
    var status: Status {
        let (lease, phase, running) = lock.state.withLock { ($0.lease.id, $0.stop.phase, $0.jobs.sorted) }
        return Status(
            lease: lease, isStopping: phase != .running, running: running, uncommitted: channel.uncommitted,
            isHoldingBack: channel.isHoldingBack)
    }

    /// The lease under which jobs are claimed; `nil` before the first.
    var lease: WorkerID? { lock.state.withLock { $0.lease.id } }

    /// The job with an identifier, if it runs here.
    func execution(of id: JobID) -> Execution? { lock.state.withLock { $0.jobs.byID[id] } }

    /// The channel's status; to be read under the lock of the state that decides by it.
    var channelStatus: ChannelStatus {
        ChannelStatus(uncommitted: channel.uncommitted, isHoldingBack: channel.isHoldingBack)
    }

    /// Passes the number of running jobs and of completions to the metrics sink, if there is one.
    func reportStatus() {
        guard let sink = core.configuration.metrics else { return }
        sink.set(.running, to: Double(lock.state.withLock { $0.jobs.count }), [])
        sink.set(.uncommitted, to: Double(channel.uncommitted), [])
    }
}
