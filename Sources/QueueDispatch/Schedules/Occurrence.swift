public import QueueModel

extension Schedule {
    /// One occurrence of a recurring job: when it was due, and when the next will be.
    public struct Occurrence: Hashable, Sendable {
        /// When the occurrence is due; if several were missed, the latest of them.
        public let due: Timestamp
        /// When the next occurrence is due, which is later than the present; `nil` if there is none.
        public let next: Timestamp?
        /// Whether earlier occurrences were missed and have collapsed into this one.
        public let hasCollapsed: Bool

        package init(due: Timestamp, next: Timestamp?, hasCollapsed: Bool) {
            self.due = due
            self.next = next
            self.hasCollapsed = hasCollapsed
        }
    }
}

extension Schedule {
    /// Returns the occurrence to submit, given the earliest one that has not been submitted.
    ///
    /// All occurrences that were missed up to now, while no worker ran or the schedule was paused, collapse into the
    /// latest of them. If the earliest is not due yet, it is the result.
    ///
    /// For ten missed years the cost is about 40 times that of ``next(after:)``, however often the job should have run.
    ///
    /// - Parameters:
    ///   - due: The instant of the earliest occurrence that has not been submitted.
    ///   - now: The present instant.
    public func occurrence(due: Timestamp, now: Timestamp) -> Occurrence {
        let latest = due < now ? latest(from: due, through: now) : due
        return Occurrence(due: latest, next: next(after: latest), hasCollapsed: latest > due)
    }

    /// Returns the latest occurrence from a given one on that is not after an instant.
    private func latest(from first: Timestamp, through end: Timestamp) -> Timestamp {
        if case .every(let interval) = recurrence.rule {
            // The span may exceed 64 bits; its remainder does not.
            let step = UInt64(interval.wholeMilliseconds)
            let span = UInt64(bitPattern: end.milliseconds &- first.milliseconds)
            return Timestamp(milliseconds: end.milliseconds &- Int64(bitPattern: span % step))
        }
        // Whether an occurrence is due between an instant and the end is true before the latest one and false from it
        // on.
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

    /// Returns the instant halfway between two, rounded towards the earlier one.
    private static func middle(_ earlier: Timestamp, _ later: Timestamp) -> Timestamp {
        let span = UInt64(bitPattern: later.milliseconds &- earlier.milliseconds)
        return Timestamp(milliseconds: earlier.milliseconds &+ Int64(span / 2))
    }
}
