import QueueModel
import QueueStoreKit
import Synchronization

/// How far the jobs are that run here, as they report it or as it is estimated; for callers and for subscribers.
struct ProgressReports {
    let core: QueueCore

    /// Returns the progress of a running job; `nil` if nothing is known of it.
    ///
    /// ``learnHistory(of:)`` has to come before, so that there is something to estimate by.
    func progress(of execution: Execution) -> JobProgress? {
        execution.progress.latest(at: core.ticker.now()) ?? estimate(of: execution)
    }

    private func estimate(of execution: Execution) -> JobProgress? {
        // History tells nothing of how long finalizing takes.
        guard execution.job.phase == .execute else { return nil }
        let seconds = core.now.seconds(since: execution.startedAt)
        guard let estimate = core.metrics.history(of: execution.executor).estimate(after: seconds) else { return nil }
        return JobProgress(.estimate(estimate.fraction), timeLeft: .seconds(estimate.secondsLeft))
    }

    /// Publishes what is new of running jobs.
    func report(_ executions: [Execution]) async {
        await learnHistory(of: executions)
        for execution in executions {
            execution.progress.publish(at: core.ticker.now(), estimate: { estimate(of: execution) }) { progress in
                publish(progress, of: execution)
            }
        }
    }

    /// Publishes the last report of an attempt, before the attempt's end is published; nothing is published of it from
    /// now on.
    func end(_ execution: Execution) {
        guard core.events.wants(.progressed) else {
            return execution.progress.end(at: core.ticker.now, publishing: nil)
        }
        execution.progress.end(at: core.ticker.now) { publish($0, of: execution) }
    }

    private func publish(_ progress: JobProgress, of execution: Execution) {
        core.events.publish([
            JobEvent(.progressed(progress), id: execution.job.id, type: execution.job.type, at: core.now)
        ])
    }

    /// Asks the store, once for each type, how long jobs took, where none has ended well here and a job has reported
    /// nothing.
    func learnHistory(of executions: [Execution]) async {
        for execution in executions where !execution.progress.isReported && execution.job.phase == .execute {
            let executor = execution.executor
            guard core.metrics.beginAskingHistory(of: executor) else { continue }
            var query = JobQuery(states: [.completed], types: [executor.type], order: .lastFinishedFirst)
            query.limit = 16
            // Without an answer there is no estimate until a job has ended here.
            let jobs = (try? await core.store.jobs(query).jobs) ?? []
            let durations = jobs.reversed().compactMap { job -> Double? in
                guard job.phase == .execute, let start = job.startedAt, let end = job.finishedAt else { return nil }
                return end.seconds(since: start)
            }
            core.metrics.learn(durations, of: executor)
        }
    }
}
