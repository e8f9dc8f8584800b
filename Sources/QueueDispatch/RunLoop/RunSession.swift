import QueueBackoff
import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// One run of a queue, from its worker's lease to its last commit: what the run loop, the jobs' tasks and callers from
/// outside share.
///
/// The loop itself is in ``RunSession/run()``.
final class RunSession: Sendable {
    private let queue: JobQueue
    let core: QueueCore
    let ticker: Ticker
    let doorbell = Doorbell()
    let crew: Crew
    let state = Mutex(DispatchState())
    let channel: CompletionChannel<FinishedAttempt, CompletionOutcome>
    let recorder: CompletionRecorder
    private let random: Mutex<FastRandom>
    /// Whether schedules were changed since the loop looked at them.
    private let schedulesChanged = Atomic(false)

    init(_ queue: JobQueue, endsWhenIdle: Bool) throws(QueueError) {
        self.queue = queue
        core = queue.core
        let configuration = core.configuration
        ticker = core.ticker
        crew = Crew(doorbell: doorbell)
        random = Mutex(configuration.seed.map { FastRandom(seed: $0) } ?? FastRandom())
        let recorder = CompletionRecorder(core: queue.core)
        do {
            channel = try CompletionChannel(
                committer: recorder, options: configuration.completions.channelOptions, clock: configuration.clock,
                taskExecutor: configuration.taskExecutor,
                settled: { recorder.settled($0) },
                readinessChanged: { [doorbell] in doorbell.ring() })
        } catch {
            throw QueueError(.invalidOption, "completions: \(error)", underlying: error)
        }
        self.recorder = recorder
        state.withLock { $0.endsWhenIdle = endsWhenIdle }
    }

    // MARK: From outside

    /// The lease under which jobs are claimed; `nil` before the first.
    var worker: WorkerID? { state.withLock { $0.worker } }

    /// Looks for work as soon as it can; the most urgent has at best a priority.
    func wake(for priority: Priority = .realtime) {
        let concurrency = core.rules.concurrency
        let preempts = core.configuration.preemptsAt.map { priority <= $0 } ?? false
        let isNeeded = state.withLock { state in
            state.mayHaveWork = true
            if state.free(of: concurrency) > 0 { return true }
            if preempts { state.mayPreempt = true }
            return preempts
        }
        // With all slots taken the next end of a job wakes the loop in time.
        if isNeeded { doorbell.ring() }
    }

    /// Looks at the stored holds anew, and then for work.
    func pausesChanged() {
        state.withLock { state in
            state.mayHaveWork = true
            state.pausesChanged = true
        }
        doorbell.ring()
    }

    /// Stops claiming, and cancels what still runs after the limit.
    func stop(within limit: Duration) {
        let deadline = ticker.now() + limit
        if state.withLock({ $0.drain(until: deadline) }) { doorbell.ring() }
    }

    /// Names jobs that keep the queue from ending.
    func complain(of deaf: [Execution]) {
        let names = deaf.prefix(5).map { "\($0.job.id) \($0.job.type)" }.joined(separator: ", ")
        core.configuration.log.log(
            .warning,
            """
            the queue can't end: asked to stop \(DispatchState.patience) ago, jobs go on, \(deaf.count) in all: \(names)
            """)
    }

    /// Heeds the time limit of a running job, which was changed.
    func heedLimit(of execution: Execution, isFirst: Bool) {
        if isFirst { state.withLock { $0.watch(execution) } }
        doorbell.ring()
    }

    /// Takes up what the store tells.
    func take(_ signal: StoreSignal) {
        switch signal {
        case .work(let priority):
            wake(for: priority)
        case .stop(let ids):
            state.withLock { $0.ask(ids) }
            doorbell.ring()
        case .pauses:
            pausesChanged()
        case .schedules:
            schedulesChanged.store(true, ordering: .releasing)
            doorbell.ring()
        }
    }

    /// Whether schedules were changed since this was asked last.
    func takeScheduleChange() -> Bool {
        // Most turns find nothing, and a look alone leaves the line in everybody's cache.
        schedulesChanged.load(ordering: .relaxed) && schedulesChanged.exchange(false, ordering: .acquiring)
    }

    // MARK: A job's task

    /// Runs a claimed job until it is out of this worker's hands.
    func perform(_ execution: Execution) async {
        await execution.withCancellableTask {
            var retries = execution.job.retries
            var previousDelay = execution.job.retryDelay
            while true {
                let finished = await attempt(execution, retries: retries, previousDelay: previousDelay)
                guard case .retryInPlace = finished.completion.end else {
                    await leave(with: finished)
                    return
                }
                retries += 1
                previousDelay = .zero
                execution.beginNextAttempt(at: ticker.now())
                guard await mayGoOn(after: finished) else { return }
            }
        }
    }

    /// Frees the job's slot and sends its end, in one step for the loop: it must not take the queue for idle in between.
    private func leave(with finished: FinishedAttempt) async {
        var isClosed = false
        let leadership = state.withLock { state -> Leadership<FinishedAttempt, CompletionOutcome>? in
            state.end(finished.execution)
            do {
                return try channel.send(finished)
            } catch {
                isClosed = true
                return nil
            }
        }
        if isClosed {
            // The channel is closed after the last job has ended; a job that comes later is not of this session.
            core.configuration.log.log(
                .error, "the end of \(finished.completion.id) came after the queue had stopped, and is left to recovery"
            )
        }
        // While the loop attends there is nothing to lead.
        await leadership?.run()
    }

    /// Sends a failed attempt, and returns whether the job may be tried again here.
    ///
    /// Attempts in place run ahead of their records, but not without end: the store may be slower than they are.
    private func mayGoOn(after finished: FinishedAttempt) async -> Bool {
        let execution = finished.execution
        do {
            // While the loop attends there is nothing to lead.
            try await channel.complete(finished)
            // This member goes on with its job, so the loop has to take it up.
            if crew.takeEnds() { doorbell.ring() }
        } catch {
            execution.settleAttempt(goesOn: false)
        }
        if await execution.settled(downTo: Self.attemptsAhead) { return true }
        // What became of the job has been told with the attempt that could not be recorded.
        state.withLock { state in
            state.end(execution)
            state.mayHaveWork = true
            state.hasGivenUp = true
        }
        doorbell.ring()
        return false
    }

    /// How many failed attempts of one job may be on their way to the store while it is tried again.
    private static let attemptsAhead = 16

    private func attempt(
        _ execution: Execution, retries: Int, previousDelay: Duration?
    ) async -> FinishedAttempt {
        let startedAt = core.now
        execution.startedAt = startedAt
        let context = JobContext(execution: execution, queue: queue)
        guard let body = execution.executor.body else {
            // Types without an executor are not claimable; kept out of the store's reach, not trusted to be.
            let end = Completion.End.release(JobFailure(.interrupted, "no executor is registered"))
            return finished(execution, end, from: startedAt, to: startedAt)
        }
        let result: Result<[UInt8]?, any Error>
        do {
            // One that was to stop before it began need not begin.
            if execution.cancellation != nil { throw CancellationError() }
            let middleware = execution.executor.middleware
            result = .success(
                middleware.isEmpty
                    ? try await body.run(context)
                    : try await NextExecution(context: context, body: body, middleware: middleware[...])().bytes)
        } catch {
            result = .failure(error)
        }
        let cancellation = execution.endAttempt()
        ProgressReports(core: core).end(execution)
        let endedAt = core.now
        let verdict = AttemptVerdict(
            now: endedAt, cancellation: cancellation,
            policy: execution.job.retry ?? execution.executor.retry, retries: retries,
            submittedAt: execution.job.submittedAt, previousDelay: previousDelay)
        let end: Completion.End
        switch result {
        case .success(let output):
            end = verdict.end(returning: output)
        case .failure(let error):
            end = random.withLock { verdict.end(throwing: error, using: &$0) }
        }
        if case .cancelled = end { await runCancelledHook(body, context) }
        var finished = finished(execution, end, from: startedAt, to: endedAt)
        if !finished.completion.effects.isEmpty {
            finished.effectFailed = { [weak self, finished] in self?.judge($0, of: finished, by: verdict) }
        }
        return finished
    }

    private func finished(
        _ execution: Execution, _ end: Completion.End, from start: Timestamp, to endedAt: Timestamp
    ) -> FinishedAttempt {
        var completion = Completion(
            id: execution.job.id, attempt: execution.attempt, worker: execution.worker, end: end, startedAt: start,
            endedAt: endedAt, io: execution.io.amount)
        if case .success = end { completion.effects = execution.effects }
        return FinishedAttempt(completion: completion, execution: execution)
    }

    /// Sends an attempt anew whose success could not be recorded because an effect has failed.
    ///
    /// Called while its batch is told, so somebody leads who will take it.
    private func judge(_ failure: EffectFailure, of finished: FinishedAttempt, by verdict: AttemptVerdict) {
        var completion = finished.completion
        completion.effects = []
        completion.end = random.withLock { verdict.end(refusedBy: failure, using: &$0) }
        do {
            _ = try channel.send(FinishedAttempt(completion: completion, execution: finished.execution))
        } catch {
            // It goes back to its place when the worker's lease is given back.
            core.configuration.log.log(
                .warning, "an effect of \(completion.id) failed when the queue had stopped: \(failure)")
        }
    }

    /// Lets the executor clean up, for a limited time.
    ///
    /// The job's own task is cancelled, and would cancel all that the hook awaits; so the hook has a task of its own,
    /// which this one waits for.
    private func runCancelledHook(_ body: ExecutorRegistration.Body, _ context: JobContext) async {
        let deadline = ticker.now() + core.configuration.cancelHookTimeLimit
        await Task(executorPreference: core.configuration.taskExecutor) { [ticker] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await body.cancelled(context) }
                group.addTask { try? await ticker.sleep(deadline) }
                await group.next()
                group.cancelAll()
            }
        }.value
    }
}
