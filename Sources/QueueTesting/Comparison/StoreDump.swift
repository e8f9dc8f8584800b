public import QueueModel
public import QueueStoreKit

/// All that can be seen of a store through its protocol, to compare two stores or two instants of one.
///
/// Reading takes many calls: nobody may change the store meanwhile. The cost is one page per 10 000 jobs and three calls a job.
public struct StoreDump: Sendable, Hashable {
    /// All jobs, the first submitted first.
    public var jobs: [Job]
    /// The holds, ordered by target and reason.
    public var pauses: [Pause]
    /// The schedules, by name.
    public var schedules: [ScheduleRecord]
    /// What was counted of each type, by its name.
    public var statistics: [TypeStatistics]

    /// A job with what is asked for apart from its record.
    public struct Job: Sendable, Hashable {
        /// Its record.
        public var record: JobRecord
        /// Its attempts.
        public var attempts: [AttemptRecord]
        /// What it depends on.
        public var dependencies: [JobID]
        /// What depends on it.
        public var dependents: [JobID]
    }

    /// Reads a store; the instant says which holds still lie on it, and of when throughput is.
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

    /// What this dump has otherwise than another, a line for each job and each kind of difference; empty if they are equal.
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

    /// The fields in which two records differ.
    private static func fields(_ left: JobRecord, _ right: JobRecord) -> [String] {
        zip(Mirror(reflecting: left).children, Mirror(reflecting: right).children).compactMap { mine, theirs in
            let (mine, theirs) = (mine, "\(theirs.value)")
            return "\(mine.value)" == theirs ? nil : "\(mine.label ?? "?") \(mine.value) ≠ \(theirs)"
        }
    }
}
