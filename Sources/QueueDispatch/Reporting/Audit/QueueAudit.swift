public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// The stored work that this build can't do: the result of ``JobQueue/Inspector/audit(of:sampling:)``.
    public struct Audit: Hashable, Sendable, Codable {
        /// The number of active jobs that were looked at.
        public var jobs = 0
        /// The number of schedules that were looked at.
        public var schedules = 0
        /// The findings, at most one per type and problem, sorted by type and then by problem.
        public var findings: [Finding] = []

        /// Whether this build can do all work that was looked at.
        public var isClean: Bool { findings.isEmpty }

        /// Creates an audit without findings.
        public init() {}

        /// One problem of the jobs and schedules of one type.
        public struct Finding: Hashable, Sendable, Codable {
            /// The stored type name.
            public var type: JobType
            /// The problem.
            public var problem: Problem
            /// The number of active jobs that have the problem.
            public var jobs = 0
            /// The first of these jobs by id, up to the requested number.
            public var sample: [JobID] = []
            /// The number of schedules that would submit jobs with the problem.
            public var schedules = 0
            /// The first of these schedules by name, up to the requested number.
            public var scheduleSample: [ScheduleID] = []
            /// The lowest and the highest version of the payloads with the problem; `nil` for ``Problem/noExecutor``.
            public var versions: ClosedRange<Int>?
            /// Why the first of them can't be read, in at most ``JobFailure/messageBytes`` bytes; `nil` for
            /// ``Problem/noExecutor``.
            ///
            /// Messages of decoding errors contain no value of the payload. Those of a type's own code are passed on as
            /// they are.
            public var message: String?

            /// Creates a finding without jobs and schedules.
            public init(_ type: JobType, _ problem: Problem) {
                self.type = type
                self.problem = problem
            }
        }

        /// The reason why a job can't be done.
        public enum Problem: String, Hashable, Sendable, Codable, CaseIterable {
            /// This queue has no executor for the type; its jobs are left to a worker that has one.
            case noExecutor
            /// The payload has a later version than this build knows; the job would fail.
            case newerPayload
            /// The payload has an earlier version, and migrating it throws; the job would fail.
            case notMigratable
            /// The payload, or for a job to be finalized the output of `execute`, can't be decoded; the job would fail.
            case undecodable
        }
    }
}

extension JobQueue.Audit: CustomStringConvertible {
    /// A summary, followed by one line per finding.
    public var description: String {
        var text = "\(jobs) jobs and \(schedules) schedules: "
        text += isClean ? "nothing that this build can't do" : "\(findings.count) findings"
        for finding in findings { text += "\n- \(finding)" }
        return text
    }
}

extension JobQueue.Audit.Finding: CustomStringConvertible {
    /// The type, the problem, the numbers and the samples in one line.
    public var description: String {
        var text = "\(type): \(problem.rawValue), \(jobs) jobs"
        if !sample.isEmpty { text += " (\(Self.list(sample, of: jobs)))" }
        if schedules > 0 { text += ", \(schedules) schedules (\(Self.list(scheduleSample, of: schedules)))" }
        if let message { text += ": \(message)" }
        return text
    }

    private static func list(_ sample: [some CustomStringConvertible], of count: Int) -> String {
        sample.map(\.description).joined(separator: ", ") + (sample.count < count ? ", …" : "")
    }
}
