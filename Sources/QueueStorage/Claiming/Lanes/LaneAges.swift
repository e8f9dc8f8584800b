/// The lanes whose effective priority has to be computed, now or at an instant.
struct LaneAges {
    /// The times at which lanes reach another effective priority.
    private var steps = MinHeap<LaneInstant>()
    /// The lanes with a new head whose age is not known yet.
    private var unknown: [Int] = []

    mutating func addUnknown(_ lane: Int) { unknown.append(lane) }

    mutating func takeUnknown() -> Int? { unknown.popLast() }

    mutating func addStep(_ lane: Int, at instant: Int64) { steps.insert(LaneInstant(instant: instant, lane: lane)) }

    /// Removes the next step that is due at an instant.
    mutating func takeStep(upTo instant: Int64) -> LaneInstant? {
        guard let next = steps.top, next.instant <= instant else { return nil }
        steps.removeTop()
        return next
    }
}
