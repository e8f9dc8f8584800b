import QueueModel
import QueueStoreKit

/// The lanes that gates block, by what has to change before they are considered again.
///
/// A blocked lane costs a claim nothing.
struct BlockedLanes {
    /// Lanes whose group is full, by group.
    private var fullGroups: [Int64: [Int]] = [:]
    /// Lanes that wait for a token.
    private var throttled = MinHeap<LaneInstant>()
    /// Lanes that wait for room to move bytes.
    private var waitingForRoom: [Int] = []
    /// Lanes that the pressure blocks, for as long as the view lives.
    private var underPressure: [Int] = []

    /// The time of the next token that a lane waits for.
    var nextToken: Timestamp? { throttled.top.map { Timestamp(milliseconds: $0.instant) } }

    /// The lanes that measured load blocks.
    var heldByLoad: [Int] { underPressure + waitingForRoom }

    mutating func addUnderPressure(_ lane: Int) { underPressure.append(lane) }

    mutating func addToFullGroup(_ group: Int64, _ lane: Int) { fullGroups[group, default: []].append(lane) }

    mutating func addWaitingForRoom(_ lane: Int) { waitingForRoom.append(lane) }

    mutating func addThrottled(_ lane: Int, until instant: Int64) {
        throttled.insert(LaneInstant(instant: instant, lane: lane))
    }

    /// Removes the lanes of a group, which may have a free slot; `nil` if none waits for one.
    mutating func takeFullGroup(_ group: Int64) -> [Int]? { fullGroups.removeValue(forKey: group) }

    /// Removes the lanes that wait for room.
    mutating func takeWaitingForRoom() -> [Int] {
        defer { waitingForRoom = [] }
        return waitingForRoom
    }

    /// Removes the next lane whose token has come by an instant.
    mutating func takeThrottled(upTo instant: Int64) -> Int? {
        guard let next = throttled.top, next.instant <= instant else { return nil }
        throttled.removeTop()
        return next.lane
    }
}
