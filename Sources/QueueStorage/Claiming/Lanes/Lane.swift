/// The first ready jobs of a lane, by id.
///
/// The ids held are always the first of those in the table. There may be more, unless the lane is complete.
struct Lane {
    let key: LaneKey
    /// The ids in ascending order; those before ``front`` were taken.
    private var ids: [Int64]
    private var front = 0
    /// Whether the table has no further ready jobs of the lane.
    private(set) var isComplete: Bool

    /// The largest number of ids that a lane holds and reads at once.
    static let capacity = 256

    init(_ key: LaneKey, ids: [Int64] = [], isComplete: Bool) {
        self.key = key
        self.ids = ids
        self.isComplete = isComplete
    }

    /// The first job, or `nil` if none is held.
    var head: Int64? { front < ids.count ? ids[front] : nil }

    /// Whether the next jobs have to be read from the table.
    var needsRefill: Bool { front == ids.count && !isComplete }

    /// Adds a job that has become ready, and returns whether it is the new head.
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

    /// Removes a job that is no longer ready.
    mutating func remove(_ id: Int64) {
        let index = lowerBound(of: id)
        guard index < ids.count, ids[index] == id else { return }
        if index == front { removeHead() } else { ids.remove(at: index) }
    }

    /// Removes the first job.
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

    /// Replaces the jobs with those read from the table, and notes whether there are no others.
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
