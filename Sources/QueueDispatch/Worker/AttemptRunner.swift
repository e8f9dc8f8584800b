import QueueBackoff
import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// Runs claimed jobs: calls their executors, decides how each attempt ends, and sends it to the completion channel.
struct AttemptRunner {
    let worker: Worker

    /// The number of failed attempts of one job that may be on their way to the store while it is tried again.
    private static let attemptsAhead = 16

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
                execution.beginNextAttempt(at: worker.ticker.now())
                guard await mayGoOn(after: finished) else { return }
            }
        }
    }

    // MARK: Sending

    /// Frees the job's slot and sends its completion, in one step for the loop: it must not take the worker for idle
    /// in between.
    private func leave(with finished: FinishedAttempt) async {
        var isClosed = false
        let leadership = worker.lock.state.withLock { state -> Leadership<FinishedAttempt, CompletionOutcome>? in
            state.attemptEnded(finished.execution)
            do {
                return try worker.channel.send(finished)
            } catch {
                isClosed = true
                return nil
            }
        }
        if isClosed {
            // The channel is closed after the last job has ended; a job that comes later is not of this run.
            worker.log.log(
                .error, "the end of \(finished.completion.id) came after the queue had stopped, and is left to recovery"
            )
        }
        // While the worker consumes there is nothing to lead.
        await leadership?.run()
    }

    /// Sends a failed attempt, and returns whether the job may be tried again here.
    ///
    /// Attempts in place run ahead of their records, but not without end: the store may be slower than they are.
    private func mayGoOn(after finished: FinishedAttempt) async -> Bool {
        let execution = finished.execution
        do {
            // While the worker consumes there is nothing to lead.
            try await worker.channel.complete(finished)
            worker.lock.send { $0.attemptSent() }
        } catch {
            execution.settleAttempt(goesOn: false)
        }
        if await execution.settled(downTo: Self.attemptsAhead) { return true }
        // What became of the job has been reported with the attempt that could not be recorded.
        worker.lock.send { $0.jobGivenUp(execution) }
        return false
    }

    // MARK: One attempt

    private func attempt(_ execution: Execution, retries: Int, previousDelay: Duration?) async -> FinishedAttempt {
        let core = worker.core
        let startedAt = core.now
        execution.startedAt = startedAt
        let context = JobContext(execution: execution, queue: worker.queue)
        guard let body = execution.executor.body else {
            // Types without an executor are not claimable; kept out of the store's reach, not trusted to be.
            let end = Completion.End.release(JobFailure(.interrupted, "no executor is registered"))
            return finished(execution, end, from: startedAt, to: startedAt)
        }
        let result = await run(body, of: execution, in: context)
        let cancellation = execution.endAttempt()
        ProgressReports(core: core).end(execution)
        let endedAt = core.now
        let decision = AttemptDecision(
            now: endedAt, cancellation: cancellation,
            policy: execution.job.retry ?? execution.executor.retry, retries: retries,
            submittedAt: execution.job.submittedAt, previousDelay: previousDelay)
        let end: Completion.End
        switch result {
        case .success(let output):
            end = decision.end(returning: output)
        case .failure(let error):
            end = worker.random.withLock { decision.end(throwing: error, using: &$0) }
        }
        if case .cancelled = end { await runCancelledHook(body, context) }
        var finished = finished(execution, end, from: startedAt, to: endedAt)
        if !finished.completion.effects.isEmpty {
            finished.effectFailed = { [weak worker = self.worker, finished] failure in
                guard let worker else { return }
                AttemptRunner(worker: worker).judge(failure, of: finished, by: decision)
            }
        }
        return finished
    }

    private func run(
        _ body: ExecutorRegistration.Body, of execution: Execution, in context: JobContext
    ) async -> Result<[UInt8]?, any Error> {
        do {
            // One that was to stop before it began need not begin.
            if execution.cancellation != nil { throw CancellationError() }
            let middleware = execution.executor.middleware
            return .success(
                middleware.isEmpty
                    ? try await body.run(context)
                    : try await NextExecution(context: context, body: body, middleware: middleware[...])().bytes)
        } catch {
            return .failure(error)
        }
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
    /// Called while its batch is reported, so somebody is at the channel who will take it.
    private func judge(_ failure: EffectFailure, of finished: FinishedAttempt, by decision: AttemptDecision) {
        var completion = finished.completion
        completion.effects = []
        completion.end = worker.random.withLock { decision.end(refusedBy: failure, using: &$0) }
        do {
            _ = try worker.channel.send(FinishedAttempt(completion: completion, execution: finished.execution))
        } catch {
            // It goes back to its place when the worker's lease is given back.
            worker.log.log(.warning, "an effect of \(completion.id) failed when the queue had stopped: \(failure)")
        }
    }

    /// Lets the executor clean up, for a limited time.
    ///
    /// The job's own task is cancelled, and would cancel all that the hook awaits; so the hook has a task of its own,
    /// which this one waits for.
    private func runCancelledHook(_ body: ExecutorRegistration.Body, _ context: JobContext) async {
        let ticker = worker.ticker
        let deadline = ticker.now() + worker.core.configuration.cancelHookTimeLimit
        await Task(executorPreference: worker.core.configuration.taskExecutor) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await body.cancelled(context) }
                group.addTask { try? await ticker.sleep(deadline) }
                await group.next()
                group.cancelAll()
            }
        }.value
    }
}
