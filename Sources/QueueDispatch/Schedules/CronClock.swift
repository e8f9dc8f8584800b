import QueueModel

/// A cron expression on the clock of a time zone: the instants at which it fires.
///
/// When the zone's clock changes, this follows cron(8) of cronie ("Daylight Saving Time and other time changes") and
/// its cron.c, with their terms: an expression whose minute or hour begins with `*` is *wildcard*, any other is
/// *fixed-time*.
///
/// - Wildcard: fires whenever the clock shows a matching time. Skipped times do not fire, repeated times fire again.
/// - Fixed-time, changes of up to three hours: skipped times fire once, together, at the change; repeated times fire
///   the first time only.
/// - Fixed-time, larger changes: these correct the zone (as when Samoa skipped 2011-12-30), and times fire as the clock
///   shows them.
///
/// Everything is counted in whole seconds; *local* seconds are those that a clock in the zone would have counted since
/// it showed 1970-01-01T00:00:00.
struct CronClock {
    let expression: CronExpression
    let zone: any ZoneRules

    /// The largest change of the clock that counts as daylight saving.
    private static let greatestSaving: Int64 = 3 * 3600
    /// More than two clocks can differ by (±16 hours), plus the day that a zone may skip or repeat at the date line.
    private static let margin: Int64 = 4 * 86400
    /// The years 1…9998: there, local times of every zone are civil times.
    private static let instants: ClosedRange<Int64> = -62_135_510_400...253_370_764_799
    /// Steps of the search, for rules that break the promises of ``ZoneRules``; others take less than ten.
    private static let maximumSteps = 64

    /// Returns the first instant after another at which the expression fires; `nil` after the year 9998.
    ///
    /// Follows the zone's clock from change to change, but skips times in which no local time can match, so the cost
    /// does not depend on how far away the result is.
    func firing(after instant: Int64) -> Int64? {
        guard instant < Self.instants.upperBound else { return nil }
        let firing = search(after: max(instant, Self.instants.lowerBound))
        return firing.flatMap { $0 <= Self.instants.upperBound ? $0 : nil }
    }

    private func search(after instant: Int64) -> Int64? {
        // A change within the last three hours may still make times count as repeated.
        var known = instant - Self.greatestSaving
        var offset = zone.offset(at: known)
        // Local times before this have already been considered.
        var floor = known + offset
        for _ in 0..<Self.maximumSteps {
            guard let local = match(onOrAfter: max(floor, instant + offset + 1)) else { return nil }
            let candidate = local - offset
            let horizon = min(candidate, known + Self.margin)
            if let change = zone.change(after: known, through: horizon) {
                let before = change.instant + offset
                let after = change.instant + change.offset
                if expression.isRhythm || abs(after - before) > Self.greatestSaving {
                    floor = after
                } else if change.instant > instant, local < after {
                    return change.instant
                } else {
                    floor = max(before, after)
                }
                known = change.instant
                offset = change.offset
            } else if candidate == horizon {
                return candidate
            } else {
                // From `known + margin` on no clock shows a time before the floor again, and up to `candidate - margin`
                // none shows a time as late as the match: nothing can fire in between.
                known = max(horizon, candidate - Self.margin)
                floor = local
                offset = zone.offset(at: known)
            }
        }
        return nil
    }

    /// Returns the first matching local time, in seconds, that is not before another.
    private func match(onOrAfter seconds: Int64) -> Int64? {
        let minutes = (seconds + 59).flooredQuotient(by: 60)
        return CronExpression.CivilTime(minutesSince1970: minutes).flatMap(expression.first(onOrAfter:)).map {
            $0.minutesSince1970 * 60
        }
    }
}
