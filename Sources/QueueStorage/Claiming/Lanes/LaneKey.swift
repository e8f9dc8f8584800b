import QueueModel
import QueueStoreKit

/// The key of a lane, whose jobs are blocked by the same gates and claimed in the order of their ids.
struct LaneKey: Hashable {
    /// The type's id.
    let type: Int64
    /// The group's id; 0 for none.
    let group: Int64
    /// The priority and the size of IO in one number.
    private let rank: Int64

    init(type: Int64, group: Int64, priority: Int64, io: Int64 = 0) {
        self.type = type
        self.group = group
        rank = priority << 32 | io
    }

    var priority: Int64 { rank >> 32 }
    var jobPriority: Priority { Priority(rawValue: UInt8(truncatingIfNeeded: priority)) }
    var io: IOSize { IOSize(rawValue: UInt32(truncatingIfNeeded: rank)) }

    /// Returns whether it comes before another in the index of ready jobs.
    func isBefore(_ other: LaneKey) -> Bool { (type, group, rank) < (other.type, other.group, other.rank) }

    /// Returns the same lane at another priority.
    func with(priority: Int64) -> LaneKey {
        LaneKey(type: type, group: group, priority: priority, io: Int64(io.rawValue))
    }
}
