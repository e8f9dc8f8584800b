public import QueueModel
import Synchronization

extension JobQueue {
    /// How far a job is that runs here (rule Q4); `nil` for one that does not, or of which nothing is known.
    ///
    /// Where its executor has reported nothing it is estimated by how long the last jobs of its type took that ended well, here or, before the
    /// first has, in the store's history, which is looked at once for each type. An estimate is always below 1.
    public func progress(of id: JobID) async -> JobProgress? {
        guard let execution = currentSession?.state.withLock({ $0.running[id] }) else { return nil }
        await learnHistory(of: [execution])
        return progress(of: execution)
    }

    /// The jobs that run here, the first submitted first, with how far they are; see ``progress(of:)``.
    public func running() async -> [RunningJob] {
        guard let executions = currentSession?.state.withLock({ Array($0.running.values) }) else { return [] }
        await learnHistory(of: executions)
        return executions.sorted { $0.job.id < $1.job.id }.map { execution in
            RunningJob(
                job: execution.job, attempt: execution.attempt, startedAt: execution.startedAt,
                progress: progress(of: execution), io: execution.io.amount, cancellation: execution.cancellation)
        }
    }

    private func progress(of execution: Execution) -> JobProgress? {
        execution.progress.latest(at: ticker.now()) ?? estimate(of: execution)
    }

    private func estimate(of execution: Execution) -> JobProgress? {
        // Finalizing is not what the history is of.
        guard execution.job.phase == .execute else { return nil }
        let seconds = now.seconds(since: execution.startedAt)
        guard let estimate = book.history(of: execution.executor).estimate(after: seconds) else { return nil }
        return JobProgress(.estimate(estimate.fraction), timeLeft: .seconds(estimate.secondsLeft))
    }

    /// Tells subscribers what is new of jobs that run.
    func tellProgress(of executions: [Execution]) async {
        await learnHistory(of: executions)
        for execution in executions {
            execution.progress.tell(at: ticker.now(), estimate: { estimate(of: execution) }) { [self] progress in
                publish(progress, of: execution)
            }
        }
    }

    /// Tells subscribers what a job reported last, before its attempt's end is told; nothing is told of the attempt from now on.
    func endProgress(of execution: Execution) {
        guard events.wants(.progressed) else { return execution.progress.end(at: ticker.now, telling: nil) }
        execution.progress.end(at: ticker.now) { [self] in publish($0, of: execution) }
    }

    private func publish(_ progress: JobProgress, of execution: Execution) {
        events.publish([
            JobEvent(.progressed(progress), id: execution.job.id, type: execution.job.type, at: now)
        ])
    }

    /// Asks the store, once for each type, how long jobs took, where none has ended well here and a job has reported nothing.
    private func learnHistory(of executions: [Execution]) async {
        for execution in executions where !execution.progress.isReported && execution.job.phase == .execute {
            let executor = execution.executor
            guard book.beginAskingHistory(of: executor) else { continue }
            var query = JobQuery(states: [.completed], types: [executor.type], order: .lastFinishedFirst)
            query.limit = 16
            // Without an answer there is no estimate until a job has ended here.
            let jobs = (try? await store.jobs(query).jobs) ?? []
            let durations = jobs.reversed().compactMap { job -> Double? in
                guard job.phase == .execute, let start = job.startedAt, let end = job.finishedAt else { return nil }
                return end.seconds(since: start)
            }
            book.learn(durations, of: executor)
        }
    }
}
