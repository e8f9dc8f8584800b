import QueueModel
import QueueStoreKit

/// The properties that jobs of a lane share: the same gates block all of them or none.
struct Lane: Hashable, Sendable {
    var type: JobType
    var group: String?
    var priority: Priority
    var size: IOSize

    /// Creates the lane of a job.
    init(of record: JobRecord) {
        type = record.type
        group = record.group
        priority = record.priority
        size = IOSize(record.expectedIO)
    }
}

/// The jobs that may start now, in lanes, so that a claim considers only the first job of each.
struct ReadyJobs: Sendable {
    private var lanes: [Lane: SortedKeys<JobID>] = [:]
    /// Suspects, which are in no lane, because each is considered individually.
    private var suspects = SortedKeys<JobID>()

    /// Returns the jobs that a claim chooses from, in no order: the first of each lane, and each suspect.
    ///
    /// - Parameter passed: Jobs that are ignored.
    func candidates(ignoring passed: Set<JobID> = []) -> [JobID] {
        lanes.values.compactMap { $0.keys.first { !passed.contains($0) } }
            + suspects.keys.filter { !passed.contains($0) }
    }

    mutating func insert(_ record: JobRecord) {
        if record.isSuspect {
            suspects.insert(record.id)
        } else {
            lanes[Lane(of: record), default: SortedKeys()].insert(record.id)
        }
    }

    /// Removes a job, if it is present.
    mutating func remove(_ record: JobRecord) {
        suspects.remove(record.id)
        let lane = Lane(of: record)
        lanes[lane]?.remove(record.id)
        if lanes[lane]?.keys.isEmpty ?? false { lanes[lane] = nil }
    }

    func contains(_ record: JobRecord) -> Bool {
        suspects.contains(record.id) || lanes[Lane(of: record)]?.contains(record.id) ?? false
    }
}
