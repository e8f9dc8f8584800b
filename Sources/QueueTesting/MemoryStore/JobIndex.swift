import QueueModel

/// The pending, running and preempted jobs, each state in its own order.
struct JobIndex: Sendable {
    /// Pending jobs that may start now.
    private(set) var ready = ReadyJobs()
    /// Pending jobs whose earliest start had not come when they were last examined.
    private(set) var scheduled = SortedKeys<Start>()
    private(set) var running = SortedKeys<JobID>()
    private(set) var preempted = SortedKeys<JobID>()

    /// A position in the order of future starts.
    struct Start: Comparable, Sendable {
        var at: Timestamp
        var id: JobID

        static func < (left: Start, right: Start) -> Bool {
            (left.at, left.id) < (right.at, right.id)
        }
    }

    /// The earliest start of a scheduled job.
    var nextStart: Timestamp? { scheduled.keys.first?.at }

    /// Adds a job by its state; jobs in other states are not indexed.
    mutating func insert(_ record: JobRecord, at now: Timestamp) {
        switch record.state {
        case .pending:
            if let start = record.runAfter, start > now {
                scheduled.insert(Start(at: start, id: record.id))
            } else {
                ready.insert(record)
            }
        case .running:
            running.insert(record.id)
        case .preempted:
            preempted.insert(record.id)
        default:
            break
        }
    }

    /// Removes a job by its state.
    mutating func remove(_ record: JobRecord) {
        switch record.state {
        case .pending:
            ready.remove(record)
            if let start = record.runAfter { scheduled.remove(Start(at: start, id: record.id)) }
        case .running:
            running.remove(record.id)
        case .preempted:
            preempted.remove(record.id)
        default:
            break
        }
    }

    /// Removes the scheduled jobs whose start has come, and returns them.
    mutating func takeDue(at now: Timestamp) -> [JobID] {
        var due: [JobID] = []
        while let first = scheduled.keys.first, first.at <= now {
            scheduled.remove(first)
            due.append(first.id)
        }
        return due
    }
}
