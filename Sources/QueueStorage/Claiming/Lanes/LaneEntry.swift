/// A lane by the place that it was offered with.
///
/// It may be out of date: whoever takes one compares its place with the one that the lane is offered with now.
struct LaneEntry: Comparable {
    var place: Place
    var lane: Int

    static func < (left: LaneEntry, right: LaneEntry) -> Bool { left.place < right.place }
}
