/// A lane with the place at which it was inserted.
///
/// It may be out of date: its place has to be compared with the lane's current one.
struct LaneEntry: Comparable {
    var place: Place
    var lane: Int

    static func < (left: LaneEntry, right: LaneEntry) -> Bool { left.place < right.place }
}
