import QueueModel
import QueueStoreKit

/// The findings of an audit so far.
///
/// Their size depends on the number of types and samples, not on the number of jobs.
struct AuditFindings {
    private struct Key: Hashable {
        var type: JobType
        var problem: JobQueue.Audit.Problem
    }

    private var findings: [Key: JobQueue.Audit.Finding] = [:]
    private let sampling: Int

    init(sampling: Int) {
        self.sampling = sampling
    }

    mutating func add(unknown type: JobType, jobs: Int, sample: [JobID]) {
        change(type, .noExecutor) { finding in
            finding.jobs += jobs
            finding.sample += sample
        }
    }

    mutating func add(unknown type: JobType, schedule: ScheduleID) {
        change(type, .noExecutor) { [sampling] in Self.count(schedule, in: &$0, sampling) }
    }

    mutating func add(_ job: JobRecord, _ error: UndecodablePayload) {
        change(job.type, error.problem) { [sampling] finding in
            finding.jobs += 1
            if finding.sample.count < sampling { finding.sample.append(job.id) }
            Self.note(job.payloadVersion, error, in: &finding)
        }
    }

    mutating func add(_ schedule: ScheduleRecord, _ error: UndecodablePayload) {
        change(schedule.job.submission.type, error.problem) { [sampling] finding in
            Self.count(schedule.id, in: &finding, sampling)
            Self.note(schedule.job.submission.payloadVersion, error, in: &finding)
        }
    }

    /// All findings, by type and problem.
    var sorted: [JobQueue.Audit.Finding] {
        findings.values.sorted {
            ($0.type.rawValue, $0.problem.rank) < ($1.type.rawValue, $1.problem.rank)
        }
    }

    private mutating func change(
        _ type: JobType, _ problem: JobQueue.Audit.Problem, _ body: (inout JobQueue.Audit.Finding) -> Void
    ) {
        body(&findings[Key(type: type, problem: problem), default: JobQueue.Audit.Finding(type, problem)])
    }

    private static func count(_ schedule: ScheduleID, in finding: inout JobQueue.Audit.Finding, _ sampling: Int) {
        finding.schedules += 1
        if finding.scheduleSample.count < sampling { finding.scheduleSample.append(schedule) }
    }

    private static func note(_ version: Int, _ error: UndecodablePayload, in finding: inout JobQueue.Audit.Finding) {
        let known = finding.versions ?? version...version
        finding.versions = min(known.lowerBound, version)...max(known.upperBound, version)
        // Described once per finding: a description may be arbitrarily expensive.
        if finding.message == nil { finding.message = JobFailure(.undecodable, error.description).message }
    }
}

extension JobQueue.Audit.Problem {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension UndecodablePayload {
    fileprivate var problem: JobQueue.Audit.Problem {
        if isOfLaterVersion { .newerPayload } else if isOfEarlierVersion { .notMigratable } else { .undecodable }
    }
}
