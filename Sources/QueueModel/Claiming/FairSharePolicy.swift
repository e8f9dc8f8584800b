/// A policy that divides a worker's slots between groups.
///
/// Groups with work get slots in proportion to their weights. What counts is the time for which a group's jobs hold
/// slots, so long jobs bring no advantage. Minimum slots are served first and caps are never exceeded. Slots that a
/// group leaves are divided among the others in the same way, so no slot is idle while a group below its cap has
/// work. Among groups that are even, and within a group, priority decides, then the order of submission.
///
/// Jobs without a group share one virtual group. Jobs for which others are preempted are served before all shares.
public struct FairSharePolicy: Hashable, Sendable, Codable {
    /// The shares of groups by name.
    public var groups: [String: FairSharePolicy.Share]
    /// The share of each other group.
    public var otherGroups: FairSharePolicy.Share
    /// The share of all jobs without a group together.
    public var withoutGroup: FairSharePolicy.Share
    /// The priority from which a job that aging has raised is claimed before all shares; `nil`: none.
    ///
    /// It has no effect without an ``AgingPolicy``, and on jobs that had such a priority from the start.
    public var urgent: Priority?

    /// Creates a policy; every weight is 1 by default.
    public init(
        groups: [String: FairSharePolicy.Share] = [:], otherGroups: FairSharePolicy.Share = FairSharePolicy.Share(),
        withoutGroup: FairSharePolicy.Share = FairSharePolicy.Share(), urgent: Priority? = nil
    ) {
        self.groups = groups
        self.otherGroups = otherGroups
        self.withoutGroup = withoutGroup
        self.urgent = urgent
    }

    /// Returns the share of a group; with `nil`, that of the jobs without a group.
    public func share(of group: String?) -> FairSharePolicy.Share {
        guard let group else { return withoutGroup }
        return groups[group] ?? otherGroups
    }

    /// Checks all parts of the policy.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` or ``QueueError/Code/invalidText`` for the first part that is out
    ///   of range.
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
    /// A group's share of a worker's slots.
    public struct Share: Hashable, Sendable, Codable {
        /// The group's weight in proportion to that of others, 1…10 000; default 1.
        public var weight: Int
        /// The number of slots that the group gets before any other group has more than its own minimum, as long as
        /// it has work; at least 0, default 0.
        public var minimumSlots: Int
        /// The maximum number of slots of the group on a worker; at least 1 and the minimum; `nil`: no maximum.
        public var maximumSlots: Int?

        /// Creates a share.
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
