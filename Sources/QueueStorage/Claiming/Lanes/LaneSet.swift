/// All lanes, by index and by key.
struct LaneSet {
    private(set) var lanes: [Lane] = []
    private var indexes: [LaneKey: Int] = [:]
    private var indexesOfGroup: [Int64: [Int]] = [:]
    /// The lanes by priority, the most urgent first.
    private(set) var byPriority: [(priority: Int64, lanes: [Int])] = []

    var count: Int { lanes.count }

    subscript(index: Int) -> Lane {
        get { lanes[index] }
        _modify { yield &lanes[index] }
    }

    func index(of key: LaneKey) -> Int? { indexes[key] }

    /// Returns the indexes of a group's lanes.
    func ofGroup(_ group: Int64) -> [Int] { indexesOfGroup[group] ?? [] }

    /// Returns the index of a lane, which is added empty if it does not exist.
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
        let position = byPriority.firstIndex { $0.priority >= priority } ?? byPriority.count
        if position < byPriority.count, byPriority[position].priority == priority {
            byPriority[position].lanes.append(index)
        } else {
            byPriority.insert((priority, [index]), at: position)
        }
    }
}
