// The search goes month by month: a month's matching days are one word of bits, so 400 years are 4800 steps, and an hour's
// minutes and a day's hours are one look each.

extension CronExpression {
    /// The first civil time after another that the expression matches; `nil` if there is none up to the end of year 9999.
    ///
    /// Pure calendar arithmetic: no zone and no change of the clock. It looks at 400 years at most, after which the calendar
    /// repeats itself.
    public func next(after time: CivilTime) -> CivilTime? {
        CivilTime(minutesSince1970: time.minutesSince1970 + 1).flatMap(first(onOrAfter:))
    }

    /// The first matching civil time that is not before another.
    package func first(onOrAfter time: CivilTime) -> CivilTime? {
        if matches(year: time.year, month: time.month, day: time.day),
            let (hour, minute) = timeOfDay(onOrAfter: time.hour, time.minute)
        {
            return CivilTime(time.year, time.month, time.day, hour, minute)
        }
        guard let (hour, minute) = timeOfDay(onOrAfter: 0, 0) else { return nil }
        var (year, month) = (time.year, time.month)
        // The rest of the first month, without the day that has been looked at.
        var days = matchingDays(year: year, month: month) & ~Self.bits(through: time.day)
        while days == 0 {
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
            guard year <= CivilTime.years.upperBound, year - time.year <= 400 else { return nil }
            days = matchingDays(year: year, month: month)
        }
        return CivilTime(year, month, days.trailingZeroBitCount, hour, minute)
    }

    /// Whether the expression matches the civil time.
    public func matches(_ time: CivilTime) -> Bool {
        minutes & 1 << UInt64(time.minute) != 0 && hours & 1 << UInt64(time.hour) != 0
            && matches(year: time.year, month: time.month, day: time.day)
    }

    private func matches(year: Int, month: Int, day: Int) -> Bool {
        matchingDays(year: year, month: month) & 1 << UInt64(day) != 0
    }

    /// The bits 1…31 of the days of a month that match.
    private func matchingDays(year: Int, month: Int) -> UInt64 {
        guard months & 1 << UInt64(month) != 0 else { return 0 }
        // The week's bits, turned so that the lowest is the weekday of the 1st, then laid end to end from bit 1 on.
        let first = UInt64(CivilTime.dayOfWeek(year: year, month: month, day: 1))
        let week = (daysOfWeek >> first | daysOfWeek << (7 - first)) & 0x7F
        let byWeek = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1
        let days = needsBothDays ? daysOfMonth & byWeek : daysOfMonth | byWeek
        return days & Self.bits(through: CivilTime.days(inMonth: month, of: year)) & ~1
    }

    /// The first matching time of a day that is not before another; `nil` if the day has none left.
    private func timeOfDay(onOrAfter hour: Int, _ minute: Int) -> (hour: Int, minute: Int)? {
        if hours & 1 << UInt64(hour) != 0 {
            let left = minutes & ~(1 << UInt64(minute) - 1)
            if left != 0 { return (hour, left.trailingZeroBitCount) }
        }
        let left = hours & ~Self.bits(through: hour)
        return left == 0 ? nil : (left.trailingZeroBitCount, minutes.trailingZeroBitCount)
    }

    /// The bits from 0 to a number below 63.
    private static func bits(through number: Int) -> UInt64 {
        1 << UInt64(number + 1) - 1
    }
}
