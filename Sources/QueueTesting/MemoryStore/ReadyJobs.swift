import QueueModel
import QueueStoreKit

/// What distinguishes a lane: jobs of one pass the same gates or none.
struct Lane: Hashable, Sendable {
    var type: JobType
    var group: String?
    var priority: Priority
    var size: IOSize

    /// The lane of a job.
    init(of record: JobRecord) {
        type = record.type
        group = record.group
        priority = record.priority
        size = IOSize(record.expectedIO)
    }
}

/// The jobs that may start now, in lanes, so that a claim looks at one job of each and at none behind it (rule D2).
struct ReadyJobs: Sendable {
    private var lanes: [Lane: SortedKeys<JobID>] = [:]
    /// Suspects, which stand in no lane: they are held apart one by one.
    private var suspects = SortedKeys<JobID>()

    /// The jobs that a claim chooses from, in no order: the first of each lane, and each suspect.
    ///
    /// - Parameter passed: Jobs that are looked past, as if they were gone.
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

    /// Takes a job out, if it is in.
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
