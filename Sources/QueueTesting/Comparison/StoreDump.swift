public import QueueModel
public import QueueStoreKit

/// The contents of a store that its protocol exposes, to compare two stores, or one store at two instants.
///
/// Reading takes many calls, during which the store must not change: one per 10 000 jobs, and three per job.
public struct StoreDump: Sendable, Hashable {
    /// All jobs in the order of submission.
    public var jobs: [Job]
    /// The pauses, ordered by target and reason.
    public var pauses: [Pause]
    /// The schedules, ordered by name.
    public var schedules: [ScheduleRecord]
    /// The statistics of each type, ordered by name.
    public var statistics: [TypeStatistics]

    /// A job with the data that its record leaves out.
    public struct Job: Sendable, Hashable {
        /// The record.
        public var record: JobRecord
        /// The attempts.
        public var attempts: [JobRecord.Attempt]
        /// The jobs on which it depends.
        public var dependencies: [JobID]
        /// The jobs that depend on it.
        public var dependents: [JobID]
    }

    /// Creates a dump of a store.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - now: The instant at which pauses are in force and throughput is measured.
    public init(of store: any QueryingStore & SchedulingStore, at now: Timestamp) async throws(QueueError) {
        jobs = []
        schedules = try await store.schedules()
        statistics = try await store.statistics(of: nil, at: now)
        var query = JobQuery(order: .oldestFirst, limit: JobQuery.limits.upperBound)
        repeat {
            let page = try await store.jobs(query)
            for record in page.jobs {
                jobs.append(
                    Job(
                        record: record, attempts: try await store.attempts(of: record.id),
                        dependencies: try await store.dependencies(of: record.id),
                        dependents: try await store.dependents(of: record.id)))
            }
            query.after = page.next
        } while query.after != nil
        pauses = try await store.pauses(at: now).sorted {
            ("\($0.target)", $0.reason) < ("\($1.target)", $1.reason)
        }
    }

    /// Returns the differences from another dump, one line per job and kind of difference; empty if they are equal.
    public func differences(from other: StoreDump) -> [String] {
        var lines: [String] = []
        let mine = Dictionary(jobs.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        let theirs = Dictionary(other.jobs.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        for id in Set(mine.keys).union(theirs.keys).sorted() {
            switch (mine[id], theirs[id]) {
            case (let left?, let right?):
                if left.record != right.record {
                    lines.append("\(id): " + Self.fields(left.record, right.record).joined(separator: ", "))
                }
                if left.attempts != right.attempts {
                    lines.append("\(id) attempts: \(left.attempts) ≠ \(right.attempts)")
                }
                if left.dependencies != right.dependencies {
                    lines.append("\(id) dependencies: \(left.dependencies) ≠ \(right.dependencies)")
                }
                if left.dependents != right.dependents {
                    lines.append("\(id) dependents: \(left.dependents) ≠ \(right.dependents)")
                }
            case (.some, nil): lines.append("\(id) is only in the first")
            case (nil, _): lines.append("\(id) is only in the second")
            }
        }
        if schedules != other.schedules { lines.append("schedules: \(schedules) ≠ \(other.schedules)") }
        if statistics != other.statistics { lines.append("statistics: \(statistics) ≠ \(other.statistics)") }
        if pauses != other.pauses { lines.append("pauses: \(pauses) ≠ \(other.pauses)") }
        return lines
    }

    /// Returns the fields in which two records differ.
    private static func fields(_ left: JobRecord, _ right: JobRecord) -> [String] {
        zip(Mirror(reflecting: left).children, Mirror(reflecting: right).children).compactMap { mine, theirs in
            let (mine, theirs) = (mine, "\(theirs.value)")
            return "\(mine.value)" == theirs ? nil : "\(mine.label ?? "?") \(mine.value) ≠ \(theirs)"
        }
    }
}
