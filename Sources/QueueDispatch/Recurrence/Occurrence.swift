public import QueueModel

/// One run of a recurring job: when it was due, and when the next will be.
public struct Occurrence: Hashable, Sendable {
    /// When the occurrence is due; where several were missed, the latest of them.
    public let due: Timestamp
    /// When the one after it is due, which is later than the present; `nil` if there is none.
    public let next: Timestamp?
    /// Whether occurrences before this one were missed and have collapsed into it.
    public let hasCollapsed: Bool

    package init(due: Timestamp, next: Timestamp?, hasCollapsed: Bool) {
        self.due = due
        self.next = next
        self.hasCollapsed = hasCollapsed
    }
}

extension Schedule {
    /// What is to run of the occurrences that are due, given the earliest that has not run.
    ///
    /// All that have been missed up to now, while no worker ran or the job was paused, collapse into the latest of them
    /// (rule D13). If the earliest is not due yet, it is the result itself.
    ///
    /// The cost is some 40 times that of ``next(after:)`` for ten years missed, however often the job should have run.
    ///
    /// - Parameters:
    ///   - due: when the earliest occurrence is due that has not run.
    ///   - now: the present.
    public func occurrence(due: Timestamp, now: Timestamp) -> Occurrence {
        let latest = due < now ? latest(from: due, through: now) : due
        return Occurrence(due: latest, next: next(after: latest), hasCollapsed: latest > due)
    }

    /// The latest occurrence not after an instant, of those from a given one on.
    private func latest(from first: Timestamp, through end: Timestamp) -> Timestamp {
        if case .every(let interval) = recurrence.rule {
            // The span may exceed 64 bits; its remainder does not.
            let step = UInt64(interval.wholeMilliseconds)
            let span = UInt64(bitPattern: end.milliseconds &- first.milliseconds)
            return Timestamp(milliseconds: end.milliseconds &- Int64(bitPattern: span % step))
        }
        // Whether anything fires between an instant and the end is true up to the latest and false from it on.
        var latest = first
        var bound = end
        while latest < bound {
            let middle = Self.middle(latest, bound)
            if let next = next(after: middle), next <= end {
                latest = next
            } else {
                bound = middle
            }
        }
        return latest
    }

    /// The instant half way between two, rounded down to the earlier one.
    private static func middle(_ earlier: Timestamp, _ later: Timestamp) -> Timestamp {
        let span = UInt64(bitPattern: later.milliseconds &- earlier.milliseconds)
        return Timestamp(milliseconds: earlier.milliseconds &+ Int64(span / 2))
    }
}
