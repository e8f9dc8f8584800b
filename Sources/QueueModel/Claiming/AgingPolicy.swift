/// A policy by which waiting jobs become more urgent.
///
/// A job's *effective priority* is `max(base − ⌊(waited − grace) / interval⌋, ceiling)`: after the grace period it
/// gains one step per interval, up to the ceiling. It is never less urgent than the job's own priority, which stays
/// stored unchanged.
///
/// *Waited* is the time since submission, or since the earliest start if that is later, without the time during which
/// the queue, the job's domain or its group was paused, or the job itself was preempted. Jobs of the same type, group
/// and priority keep the order of their submission, and age as the first of them does.
public struct AgingPolicy: Hashable, Sendable, Codable {
    /// The time that a job waits before it gains its first step, 0…366 days; default 60 s.
    public var grace: Duration
    /// The time per step, 1 ms…366 days; default 60 s.
    public var interval: Duration
    /// The most urgent priority that waiting leads to; default ``Priority/high``.
    public var ceiling: Priority

    /// Creates a policy.
    public init(grace: Duration = .seconds(60), interval: Duration = .seconds(60), ceiling: Priority = .high) {
        self.grace = grace
        self.interval = interval
        self.ceiling = ceiling
    }

    /// Returns the effective priority of a job that has waited for a number of milliseconds.
    public func effective(_ base: Priority, waited milliseconds: Int64) -> Priority {
        guard base > ceiling else { return base }
        let (late, overflow) = milliseconds.subtractingReportingOverflow(grace.wholeMilliseconds)
        guard !overflow, late > 0 else { return base }
        let steps = late / max(interval.wholeMilliseconds, 1)
        return Priority(rawValue: base.rawValue - UInt8(min(steps, Int64(base.rawValue - ceiling.rawValue))))
    }

    /// Returns the number of milliseconds until the next step; `nil` if there is none.
    public func untilNextStep(_ base: Priority, waited milliseconds: Int64) -> Int64? {
        guard effective(base, waited: milliseconds) > ceiling else { return nil }
        let (late, overflow) = milliseconds.subtractingReportingOverflow(grace.wholeMilliseconds)
        let interval = max(interval.wholeMilliseconds, 1)
        if overflow || late < 0 {
            let (span, overflow) = grace.wholeMilliseconds.subtractingReportingOverflow(milliseconds)
            let (sum, sumOverflow) = span.addingReportingOverflow(interval)
            return overflow || sumOverflow ? nil : sum
        }
        return interval - late % interval
    }

    /// Checks all parts of the policy.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for the first part that is out of range.
    public func validate() throws(QueueError) {
        if grace < .zero || grace > .seconds(366 * 86_400) {
            throw QueueError(.invalidOption, "the aging's grace is \(grace), it must be 0…366 days")
        }
        if interval < .milliseconds(1) || interval > .seconds(366 * 86_400) {
            throw QueueError(.invalidOption, "the aging's interval is \(interval), it must be 1 ms…366 days")
        }
    }
}
