public import QueueModel

/// A group's demand for a worker's slots, for ``FairSharePolicy/allocate(_:among:)``.
public struct ShareDemand: Hashable, Sendable {
    /// The group's weight, minimum and cap.
    public var share: FairSharePolicy.Share
    /// The number of jobs that the group could have running on the worker at once: those that run there and those
    /// that may start, within its limit.
    public var jobs: Int

    /// Creates a demand.
    public init(_ share: FairSharePolicy.Share, jobs: Int) {
        self.share = share
        self.jobs = jobs
    }
}

extension FairSharePolicy {
    /// Returns the slots that each of some groups is entitled to: weighted max-min fairness with minimums and caps, a
    /// closed form of what ``FairShare`` achieves over time.
    ///
    /// Each group gets slots in proportion to its weight, but at least its minimum, and no more than its cap and its
    /// jobs; what one can't use goes to the others in the same way. The sum is the number of slots, or what all
    /// groups can use if that is less. If there are fewer slots than minimums, the minimums are divided by weight.
    /// Fractions of slots are meant over time. The cost is that of sorting the groups.
    ///
    /// - Parameters:
    ///   - slots: The number of slots.
    ///   - demands: The demands of the groups.
    /// - Returns: The slots of each group, in the same order.
    public static func allocate(_ slots: Int, among demands: [ShareDemand]) -> [Double] {
        let bounds = demands.map { demand in
            let most = Double(max(0, min(demand.jobs, demand.share.maximumSlots ?? .max)))
            return Bound(
                weight: Double(max(1, demand.share.weight)), least: min(most, Double(demand.share.minimumSlots)),
                most: most)
        }
        let slots = Double(max(0, slots))
        let minimums = bounds.reduce(0) { $0 + $1.least }
        if slots < minimums { return divide(slots, bounds.map { Bound(weight: $0.weight, least: 0, most: $0.least) }) }
        return divide(slots, bounds)
    }

    private struct Bound {
        var weight: Double
        var least: Double
        var most: Double
    }

    /// Finds the level (slots per weight) at which all bounded shares add up to the slots, along the levels where a
    /// group leaves its lower bound or reaches its upper one.
    private static func divide(_ slots: Double, _ bounds: [Bound]) -> [Double] {
        if bounds.reduce(0, { $0 + $1.most }) <= slots { return bounds.map(\.most) }
        var bends: [(level: Double, slope: Double)] = []
        for bound in bounds {
            bends.append((bound.least / bound.weight, bound.weight))
            bends.append((bound.most / bound.weight, -bound.weight))
        }
        bends.sort { $0.level < $1.level }
        var level = 0.0
        var slope = 0.0
        var used = bounds.reduce(0) { $0 + $1.least }
        for bend in bends {
            let next = used + slope * (bend.level - level)
            if slope > 0, next >= slots { break }
            used = next
            level = bend.level
            slope += bend.slope
        }
        if slope > 0 { level += (slots - used) / slope }
        return bounds.map { min(max(level * $0.weight, $0.least), $0.most) }
    }
}
