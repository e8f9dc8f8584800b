public import QueueModel
import QueueStoreKit
import Synchronization

extension JobQueue {
    /// How far a job is that runs here (rule Q4); `nil` for one that does not, or of which nothing is known.
    ///
    /// Where its executor has reported nothing it is estimated by how long the last jobs of its type took that ended well, here or, before the
    /// first has, in the store's history, which is looked at once for each type. An estimate is always below 1.
    public func progress(of id: JobID) async -> JobProgress? {
        guard let execution = core.worker?.execution(of: id) else { return nil }
        let reports = ProgressReports(core: core)
        await reports.learnHistory(of: [execution])
        return reports.progress(of: execution)
    }

    /// The jobs that run here, the first submitted first, with how far they are; see ``progress(of:)``.
    public func running() async -> [RunningJob] {
        guard let executions = core.worker?.status.running, !executions.isEmpty else { return [] }
        let reports = ProgressReports(core: core)
        await reports.learnHistory(of: executions)
        return executions.map { execution in
            RunningJob(
                job: execution.job, attempt: execution.attempt, startedAt: execution.startedAt,
                progress: reports.progress(of: execution), io: execution.io.amount, cancellation: execution.cancellation)
        }
    }
}
