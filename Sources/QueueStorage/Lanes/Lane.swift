/// A job's place in the order of claims, in one comparable number: the priority above, the id below.
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

/// What distinguishes a lane: jobs of one are held back by the same gates.
struct LaneKey: Hashable {
    /// The type's number.
    let type: Int64
    /// The group's number; 0: none.
    let group: Int64
}

/// The first of the ready jobs of a lane, in the order of claims.
///
/// The places held are always the first of those in the table; behind them there may be more, unless the lane is complete.
struct Lane {
    let key: LaneKey
    /// Ascending; what stands before ``front`` was taken.
    private var places: [Place]
    private var front = 0
    /// Whether the table has no further ready jobs of the lane.
    private(set) var isComplete: Bool

    /// How many places a lane holds at most, and how many it asks for.
    static let capacity = 256

    init(_ key: LaneKey, places: [Place] = [], isComplete: Bool) {
        self.key = key
        self.places = places
        self.isComplete = isComplete
    }

    /// The first place; `nil`: none held.
    var head: Place? { front < places.count ? places[front] : nil }

    /// Whether the table has to be asked what comes next.
    var needsRefill: Bool { front == places.count && !isComplete }

    /// Takes in a job that has become ready.
    ///
    /// Returns whether it is the new head.
    mutating func insert(_ place: Place) -> Bool {
        guard let last = places.last, front < places.count else {
            // What precedes it in the table is unknown unless the lane is complete.
            guard isComplete else { return false }
            places.removeAll(keepingCapacity: true)
            front = 0
            places.append(place)
            return true
        }
        if place > last {
            if !isComplete { return false }
            if places.count - front < Self.capacity { places.append(place) } else { isComplete = false }
            return false
        }
        let index = lowerBound(of: place)
        if places[index] == place { return false }
        places.insert(place, at: index)
        if places.count - front > Self.capacity {
            places.removeLast()
            isComplete = false
        }
        return index == front
    }

    /// Takes out a job that is no longer ready.
    mutating func remove(_ place: Place) {
        let index = lowerBound(of: place)
        guard index < places.count, places[index] == place else { return }
        if index == front { removeHead() } else { places.remove(at: index) }
    }

    /// Takes out the first.
    mutating func removeHead() {
        front += 1
        if front == places.count {
            places.removeAll(keepingCapacity: true)
            front = 0
        } else if front >= Self.capacity {
            places.removeFirst(front)
            front = 0
        }
    }

    /// Takes what the table says comes first; fewer than ``capacity`` places are all there are.
    mutating func refill(with places: [Place]) {
        self.places = places
        front = 0
        isComplete = places.count < Self.capacity
    }

    private func lowerBound(of place: Place) -> Int {
        var low = front
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
