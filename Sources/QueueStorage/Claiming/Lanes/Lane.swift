import QueueModel
import QueueStoreKit

/// A job's place in the order of claims, in one comparable number: the (effective) priority above, the id below.
struct Place: Comparable, Hashable {
    let rawValue: UInt64

    private static let idBits: UInt64 = 56

    init(priority: Int64, id: Int64) {
        // An id above 2^56 would take thirty years at seventy million jobs a second.
        rawValue = UInt64(truncatingIfNeeded: priority) << Self.idBits | UInt64(truncatingIfNeeded: id)
    }

    var id: Int64 { Int64(rawValue & (1 << Self.idBits - 1)) }
    var priority: Int64 { Int64(rawValue >> Self.idBits) }

    static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
}

/// What distinguishes a lane: jobs of one are held back by the same gates, and are claimed in the order of their ids.
struct LaneKey: Hashable {
    /// The type's number.
    let type: Int64
    /// The group's number; 0: none.
    let group: Int64
    /// Priority and size of IO, in one number.
    private let rank: Int64

    init(type: Int64, group: Int64, priority: Int64, io: Int64 = 0) {
        self.type = type
        self.group = group
        rank = priority << 32 | io
    }

    var priority: Int64 { rank >> 32 }
    var jobPriority: Priority { Priority(rawValue: UInt8(truncatingIfNeeded: priority)) }
    var io: IOSize { IOSize(rawValue: UInt32(truncatingIfNeeded: rank)) }

    /// Whether it stands before another in the index of ready jobs.
    func isBefore(_ other: LaneKey) -> Bool { (type, group, rank) < (other.type, other.group, other.rank) }

    /// The same lane at another priority.
    func with(priority: Int64) -> LaneKey {
        LaneKey(type: type, group: group, priority: priority, io: Int64(io.rawValue))
    }
}

/// The first of the ready jobs of a lane, by id.
///
/// The ids held are always the first of those in the table; behind them there may be more, unless the lane is complete.
struct Lane {
    let key: LaneKey
    /// Ascending; what stands before ``front`` was taken.
    private var ids: [Int64]
    private var front = 0
    /// Whether the table has no further ready jobs of the lane.
    private(set) var isComplete: Bool

    /// How many ids a lane holds at most, and how many it asks for.
    static let capacity = 256

    init(_ key: LaneKey, ids: [Int64] = [], isComplete: Bool) {
        self.key = key
        self.ids = ids
        self.isComplete = isComplete
    }

    /// The first job; `nil`: none held.
    var head: Int64? { front < ids.count ? ids[front] : nil }

    /// Whether the table has to be asked what comes next.
    var needsRefill: Bool { front == ids.count && !isComplete }

    /// Takes in a job that has become ready.
    ///
    /// Returns whether it is the new head.
    mutating func insert(_ id: Int64) -> Bool {
        guard let last = ids.last, front < ids.count else {
            // What precedes it in the table is unknown unless the lane is complete.
            guard isComplete else { return false }
            ids.removeAll(keepingCapacity: true)
            front = 0
            ids.append(id)
            return true
        }
        if id > last {
            if !isComplete { return false }
            if ids.count - front < Self.capacity { ids.append(id) } else { isComplete = false }
            return false
        }
        let index = lowerBound(of: id)
        if ids[index] == id { return false }
        ids.insert(id, at: index)
        if ids.count - front > Self.capacity {
            ids.removeLast()
            isComplete = false
        }
        return index == front
    }

    /// Takes out a job that is no longer ready.
    mutating func remove(_ id: Int64) {
        let index = lowerBound(of: id)
        guard index < ids.count, ids[index] == id else { return }
        if index == front { removeHead() } else { ids.remove(at: index) }
    }

    /// Takes out the first.
    mutating func removeHead() {
        front += 1
        if front == ids.count {
            ids.removeAll(keepingCapacity: true)
            front = 0
        } else if front >= Self.capacity {
            ids.removeFirst(front)
            front = 0
        }
    }

    /// Takes what the table says comes first, and whether it is all there is.
    mutating func refill(with table: (ids: [Int64], areAll: Bool)) {
        ids = table.ids
        front = 0
        isComplete = table.areAll
    }

    private func lowerBound(of id: Int64) -> Int {
        var low = front
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The lanes there are, by number and by key.
struct LaneSet {
    private(set) var lanes: [Lane] = []
    private var indexes: [LaneKey: Int] = [:]
    private var indexesOfGroup: [Int64: [Int]] = [:]
    /// The lanes of each priority there is, the most urgent first.
    private(set) var byPriority: [(priority: Int64, lanes: [Int])] = []

    var count: Int { lanes.count }

    subscript(index: Int) -> Lane {
        get { lanes[index] }
        _modify { yield &lanes[index] }
    }

    func index(of key: LaneKey) -> Int? { indexes[key] }

    /// The numbers of the lanes of a group.
    func ofGroup(_ group: Int64) -> [Int] { indexesOfGroup[group] ?? [] }

    /// The number of a lane, which is new and empty if it was not there.
    mutating func index(making key: LaneKey) -> Int {
        if let index = indexes[key] { return index }
        append(Lane(key, isComplete: true))
        return lanes.count - 1
    }

    mutating func append(_ lane: Lane) {
        let index = lanes.count
        indexes[lane.key] = index
        if lane.key.group != 0 { indexesOfGroup[lane.key.group, default: []].append(index) }
        lanes.append(lane)
        let priority = lane.key.priority
        let place = byPriority.firstIndex { $0.priority >= priority } ?? byPriority.count
        if place < byPriority.count, byPriority[place].priority == priority {
            byPriority[place].lanes.append(index)
        } else {
            byPriority.insert((priority, [index]), at: place)
        }
    }
}
