public import QueueModel
import QueueStoreKit

/// What of the stored work this build can't do, before it tries (rule S10): the answer of ``JobQueue/audit(of:sampling:)``.
public struct QueueAudit: Hashable, Sendable, Codable {
    /// How many active jobs were looked at.
    public var jobs = 0
    /// How many schedules were looked at.
    public var schedules = 0
    /// What is wrong, at most one of each type and problem; by type, then by problem.
    public var findings: [Finding] = []

    /// Whether this build can do all that was looked at.
    public var isClean: Bool { findings.isEmpty }

    /// Makes an answer without findings.
    public init() {}

    /// What is wrong with some jobs and schedules of one type.
    public struct Finding: Hashable, Sendable, Codable {
        /// The stored type name.
        public var type: JobType
        /// What is wrong.
        public var problem: Problem
        /// How many active jobs have the problem.
        public var jobs = 0
        /// The first of these jobs by id, as many as were asked for.
        public var sample: [JobID] = []
        /// How many schedules would submit jobs with the problem.
        public var schedules = 0
        /// The first of these schedules by name, as many as were asked for.
        public var scheduleSample: [ScheduleID] = []
        /// The lowest and the highest version of the payloads with the problem; `nil` for ``Problem/noExecutor``, where nothing was read.
        public var versions: ClosedRange<Int>?
        /// Why the first of them can't be read; `nil` for ``Problem/noExecutor``.
        ///
        /// Errors of decoding are told without any value of the payload. Those of a type's own code say what that code has them say. At
        /// most ``JobFailure/messageBytes`` bytes.
        public var message: String?

        /// Makes a finding that is about nothing yet.
        public init(_ type: JobType, _ problem: Problem) {
            self.type = type
            self.problem = problem
        }
    }

    /// Why a job can't be done.
    public enum Problem: String, Hashable, Sendable, Codable, CaseIterable {
        /// This queue has no executor for the type; its jobs stay as they are, for a worker that has one.
        case noExecutor
        /// The payload has a later version than this build knows; the job would fail.
        case newerPayload
        /// The payload has an earlier version, and translating it throws; the job would fail.
        case notMigratable
        /// The payload, or what `execute` returned where the job is to finalize, does not decode; the job would fail.
        case undecodable
    }
}

extension QueueAudit: CustomStringConvertible {
    /// A line for each finding, below one that sums up.
    public var description: String {
        var text = "\(jobs) jobs and \(schedules) schedules: "
        text += isClean ? "nothing that this build can't do" : "\(findings.count) findings"
        for finding in findings { text += "\n- \(finding)" }
        return text
    }
}

extension QueueAudit.Finding: CustomStringConvertible {
    /// Type, problem, numbers and samples in one line.
    public var description: String {
        var text = "\(type): \(problem.rawValue), \(jobs) jobs"
        if !sample.isEmpty { text += " (\(Self.list(sample, of: jobs)))" }
        if schedules > 0 { text += ", \(schedules) schedules (\(Self.list(scheduleSample, of: schedules)))" }
        if let message { text += ": \(message)" }
        return text
    }

    private static func list(_ sample: [some CustomStringConvertible], of number: Int) -> String {
        sample.map(\.description).joined(separator: ", ") + (sample.count < number ? ", …" : "")
    }
}
