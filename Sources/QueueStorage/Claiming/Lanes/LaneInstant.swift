/// A lane that is considered again at an instant.
struct LaneInstant: Comparable {
    var instant: Int64
    var lane: Int

    static func < (left: LaneInstant, right: LaneInstant) -> Bool { left.instant < right.instant }
}
