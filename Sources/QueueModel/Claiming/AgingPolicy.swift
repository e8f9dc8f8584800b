/// How jobs that wait become more urgent (rule D5).
///
/// A job's *effective priority* is `max(base − ⌊(waited − grace) / interval⌋, ceiling)`: after the grace it gains one step an
/// interval, up to the ceiling. It never falls below its own priority. The stored priority stays what it was.
///
/// *Waited* is the time since the job was submitted, or since its earliest start where that came later, without the time in which
/// the queue, its domain or its group was held, or in which it was itself set aside for a more urgent job. Jobs of one type, group and
/// priority keep the order of their submission, and age as the first of them does.
public struct AgingPolicy: Hashable, Sendable, Codable {
    /// How long a job waits before it gains its first step, 0…366 days; default 60 s.
    public var grace: Duration
    /// How long each step takes, 1 ms…366 days; default 60 s.
    public var interval: Duration
    /// The most urgent priority that waiting leads to; default ``Priority/high``.
    public var ceiling: Priority

    /// Makes a policy.
    public init(grace: Duration = .seconds(60), interval: Duration = .seconds(60), ceiling: Priority = .high) {
        self.grace = grace
        self.interval = interval
        self.ceiling = ceiling
    }

    /// The effective priority of a job that has waited so many milliseconds.
    public func effective(_ base: Priority, waited milliseconds: Int64) -> Priority {
        guard base > ceiling else { return base }
        let (late, overflow) = milliseconds.subtractingReportingOverflow(grace.wholeMilliseconds)
        guard !overflow, late > 0 else { return base }
        let steps = late / max(interval.wholeMilliseconds, 1)
        return Priority(rawValue: base.rawValue - UInt8(min(steps, Int64(base.rawValue - ceiling.rawValue))))
    }

    /// How many milliseconds more of waiting lead to the next step; `nil`: there is none.
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

    /// Throws ``QueueError/Code/invalidOption`` for the first part that is outside of its range.
    public func validate() throws(QueueError) {
        if grace < .zero || grace > .seconds(366 * 86_400) {
            throw QueueError(.invalidOption, "the aging's grace is \(grace), it must be 0…366 days")
        }
        if interval < .milliseconds(1) || interval > .seconds(366 * 86_400) {
            throw QueueError(.invalidOption, "the aging's interval is \(interval), it must be 1 ms…366 days")
        }
    }
}
