/// How a worker's slots are divided between groups (rule D6).
///
/// Slots go to the groups that have work in proportion to their weights: a group's share counts the time that its jobs hold slots, so
/// that long jobs buy no advantage. Minimum slots come first, caps are never exceeded, and what a group leaves is divided among the
/// others in the same way, so no slot is idle while a group below its cap has work. Among groups that stand equal, and inside of a
/// group, priority decides, then the order of submission.
///
/// Jobs without a group share one virtual group. Jobs that others are set aside for (rule D7) come before all shares.
public struct FairSharePolicy: Hashable, Sendable, Codable {
    /// The shares of groups by name.
    public var groups: [String: FairSharePolicy.Share]
    /// The share of each other group.
    public var otherGroups: FairSharePolicy.Share
    /// The share of all jobs without a group together.
    public var withoutGroup: FairSharePolicy.Share
    /// A job that aging has brought to this priority, or to a more urgent one, is claimed before all shares; `nil`: none.
    ///
    /// Has no effect without an ``AgingPolicy``, and on jobs that had such a priority from the start.
    public var urgent: Priority?

    /// Makes a policy; every weight is 1 unless said otherwise.
    public init(
        groups: [String: FairSharePolicy.Share] = [:], otherGroups: FairSharePolicy.Share = FairSharePolicy.Share(),
        withoutGroup: FairSharePolicy.Share = FairSharePolicy.Share(), urgent: Priority? = nil
    ) {
        self.groups = groups
        self.otherGroups = otherGroups
        self.withoutGroup = withoutGroup
        self.urgent = urgent
    }

    /// The share of a group; `nil`: of the jobs without one.
    public func share(of group: String?) -> FairSharePolicy.Share {
        guard let group else { return withoutGroup }
        return groups[group] ?? otherGroups
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first part that is outside of its range.
    public func validate() throws(QueueError) {
        for (name, share) in groups.sorted(by: { $0.key < $1.key }) {
            try TextRule.group.check(name)
            try share.validate("of group \"\(name)\"")
        }
        try otherGroups.validate("of other groups")
        try withoutGroup.validate("of jobs without a group")
    }
}

extension FairSharePolicy {
    /// What a group may have of a worker's slots.
    public struct Share: Hashable, Sendable, Codable {
        /// The group's part in proportion to that of others, 1…10 000; default 1.
        public var weight: Int
        /// Slots that the group gets before any other has more than its own minimum, as long as it has work; at least 0, default 0.
        public var minimumSlots: Int
        /// Slots that the group never exceeds on a worker; at least 1 and the minimum; `nil`: all.
        public var maximumSlots: Int?

        /// Makes a share.
        public init(weight: Int = 1, minimumSlots: Int = 0, maximumSlots: Int? = nil) {
            self.weight = weight
            self.minimumSlots = minimumSlots
            self.maximumSlots = maximumSlots
        }

        func validate(_ whose: String) throws(QueueError) {
            if !(1...10_000).contains(weight) {
                throw QueueError(.invalidOption, "the weight \(whose) is \(weight), it must be 1…10000")
            }
            if minimumSlots < 0 {
                throw QueueError(
                    .invalidOption, "the minimum of slots \(whose) is \(minimumSlots), it must not be negative")
            }
            if let maximumSlots, maximumSlots < max(1, minimumSlots) {
                throw QueueError(
                    .invalidOption,
                    "the maximum of slots \(whose) is \(maximumSlots), it must be at least 1 and the minimum")
            }
        }
    }
}
