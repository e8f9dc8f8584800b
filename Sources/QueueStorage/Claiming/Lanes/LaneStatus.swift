/// A lane as a view has it.
struct LaneStatus {
    /// A domain that is not known yet.
    static let unknown = -2
    /// The domain of a lane from which nothing is claimed here: of another domain, paused, or under pressure.
    static let closed = -1

    var domain = LaneStatus.unknown
    /// Whether a gate may block it that looks at more than its domain.
    var isGated = false
    /// The place with which it is in its order; entries with another are void.
    var offered: Place?
    /// The job that the place belongs to.
    var head: Int64 = 0
    /// Whether it is set aside until a token comes.
    var isThrottled = false
    /// The time in milliseconds at which its effective priority changes.
    var nextStep: Int64?
}
