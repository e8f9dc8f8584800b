import CrashAudit
import QueueModel

/// The history of a file in a few words.
struct Story {
    var ledger = Ledger()
    private var time: Int64 = 0

    /// Adds a line of a worker's log, one nanosecond after the previous one.
    mutating func tell(_ entry: LogLine.Entry, by worker: Int = 1) {
        time += 1
        ledger.take(LogLine(at: time, entry), of: worker)
    }

    /// A submission that returns.
    mutating func submit(_ nonce: String, as id: Int64, isNew: Bool = true) {
        tell(.submitting([nonce]))
        tell(.acknowledged([.init(nonce: nonce, id: JobID(id), isNew: isNew)]))
    }

    /// An execution from its start to its end.
    mutating func execute(
        _ id: Int64, attempt: Int = 1, _ nonce: String, _ stop: LogLine.Stop = .success, by worker: Int = 1
    ) {
        tell(.started(JobID(id), attempt: attempt, nonce: nonce), by: worker)
        tell(.stopped(JobID(id), attempt: attempt, stop), by: worker)
    }

    /// The end of a worker.
    mutating func kill(_ worker: Int = 1) {
        time += 1
        ledger.bury(worker, at: time)
    }

    /// Returns the findings for a file with these jobs.
    mutating func findings(_ jobs: StoredJob...) -> [String] {
        ledger.compare(with: jobs)
        return ledger.findings.map(\.text)
    }

    /// Returns the findings for a file with these jobs and no work left.
    mutating func settled(_ jobs: StoredJob..., limits: Ledger.Limits = .test) -> [String] {
        ledger.compare(with: jobs)
        ledger.settle(jobs, limits)
        return ledger.findings.map(\.text)
    }
}

extension Ledger.Limits {
    static let test = Ledger.Limits(groups: ["one": 1], concurrency: 2, types: ["narrow": 1], crashes: 5)
}

extension StoredJob {
    /// A job as the file has it.
    static func of(
        _ id: Int64, _ plan: JobPlan, _ state: JobState, attempt: Int = 1, type: JobType = "wide",
        origin: JobID? = nil
    ) -> StoredJob {
        var record = JobRecord(
            id: JobID(id), type: type, state: state, payload: Array(plan.text.utf8),
            submittedAt: Timestamp(milliseconds: 0))
        record.attempt = attempt
        record.key = plan.key.map(Uniqueness.Key.text)
        record.origin = origin
        return StoredJob(record)
    }
}
