/// A cron expression: times of the clock and the calendar, in the five fields of crontab(5).
///
///     ┌──────── minute        0-59
///     │ ┌────── hour          0-23
///     │ │ ┌──── day of month  1-31
///     │ │ │ ┌── month         1-12 or JAN-DEC
///     │ │ │ │ ┌ day of week   0-7 or SUN-SAT; 0 and 7 are Sunday
///     * * * * *
///
/// A field is a list, separated by commas, of `*`, single values and ranges (`1-5`). A step may follow after a slash
/// (`*/15`, `10-30/2`; `5/10` is every tenth value from 5 on). Names are three letters in upper or lower case; a
/// range of days may end with `SUN` (`FRI-SUN`). Fields are separated by spaces or tabs. One of `@hourly`, `@daily`,
/// `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` can replace all five fields.
///
/// A time matches if all fields match, with the one exception of crontab(5): if both day fields are restricted, that
/// is, neither begins with `*`, a day matches if either field does. So `0 0 1,15 * FRI` is the 1st, the 15th, and
/// every Friday.
///
/// Every expression matches some day: parsing rejects one that never does, such as 30 February. An expression has no
/// time zone; the recurrence that it is part of has.
public struct CronExpression: Hashable, Sendable {
    /// The bits of the minutes, 0…59.
    let minutes: UInt64
    /// The bits of the hours, 0…23.
    let hours: UInt64
    /// The bits of the days of the month, 1…31.
    let daysOfMonth: UInt64
    /// The bits of the months, 1…12.
    let months: UInt64
    /// The bits of the days of the week, 0…6 from Sunday.
    let daysOfWeek: UInt64
    /// Whether a day must match both day fields, because one of them begins with `*`.
    let needsBothDays: Bool
    /// Whether the minute or the hour begins with `*`.
    ///
    /// Such expressions mean a rhythm and not a time of day, and continue in real time when a zone's clock is
    /// changed: `MIN_STAR` and `HR_STAR` of cronie's entry.c, by which its cron.c distinguishes wildcard jobs from
    /// fixed-time ones.
    package let isRhythm: Bool

    /// The five fields, separated by single spaces, with names in capitals and macros expanded.
    ///
    /// Otherwise they are as parsed: expressions that say the same in different words are different values.
    public let description: String

    /// Parses an expression of at most 512 characters.
    ///
    /// - Throws: ``CronExpression/ParseError``, which names the field, the position and what was expected there.
    public init(parsing text: String) throws(CronExpression.ParseError) {
        var parser = CronParser(text)
        self = try parser.expression()
    }

    /// Creates an expression from its five parsed fields in order.
    init(_ minute: CronSet, _ hour: CronSet, _ dayOfMonth: CronSet, _ month: CronSet, _ dayOfWeek: CronSet) {
        minutes = minute.bits
        hours = hour.bits
        daysOfMonth = dayOfMonth.bits
        months = month.bits
        daysOfWeek = dayOfWeek.bits
        needsBothDays = dayOfMonth.beginsWithStar || dayOfWeek.beginsWithStar
        isRhythm = minute.beginsWithStar || hour.beginsWithStar
        description = "\(minute.text) \(hour.text) \(dayOfMonth.text) \(month.text) \(dayOfWeek.text)"
    }
}

extension CronExpression: LosslessStringConvertible {
    /// Parses an expression as ``init(parsing:)`` does, and returns `nil` if that throws.
    public init?(_ description: String) {
        do {
            try self.init(parsing: description)
        } catch {
            return nil
        }
    }
}

extension CronExpression: Codable {
    /// Decodes and parses a single string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with the ``CronExpression/ParseError`` if it is not an expression.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(CronExpression.ParseError) {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: container.codingPath, debugDescription: "Not a cron expression: \(error)",
                    underlyingError: error))
        }
    }

    /// Encodes ``description`` as a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// The search goes month by month: a month's matching days are one word of bits, so 400 years are 4800 steps, and an
// hour's minutes and a day's hours are one look each.

extension CronExpression {
    /// Returns the first matching civil time after another; `nil` if there is none up to the end of the year 9999.
    ///
    /// This is calendar arithmetic alone, without time zones and changes of the clock. It looks at 400 years at most,
    /// after which the calendar repeats itself.
    public func next(after time: CronExpression.CivilTime) -> CronExpression.CivilTime? {
        CronExpression.CivilTime(minutesSince1970: time.minutesSince1970 + 1).flatMap(first(onOrAfter:))
    }

    /// Returns the first matching civil time that is not before another.
    package func first(onOrAfter time: CronExpression.CivilTime) -> CronExpression.CivilTime? {
        if matches(year: time.year, month: time.month, day: time.day),
            let (hour, minute) = timeOfDay(onOrAfter: time.hour, time.minute)
        {
            return CronExpression.CivilTime(time.year, time.month, time.day, hour, minute)
        }
        guard let (hour, minute) = timeOfDay(onOrAfter: 0, 0) else { return nil }
        var (year, month) = (time.year, time.month)
        // The rest of the first month, without the day that has been looked at.
        var days = matchingDays(year: year, month: month) & ~Self.bits(through: time.day)
        while days == 0 {
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
            guard year <= CronExpression.CivilTime.years.upperBound, year - time.year <= 400 else { return nil }
            days = matchingDays(year: year, month: month)
        }
        return CronExpression.CivilTime(year, month, days.trailingZeroBitCount, hour, minute)
    }

    /// Returns whether the expression matches a civil time.
    public func matches(_ time: CronExpression.CivilTime) -> Bool {
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
        let first = UInt64(CronExpression.CivilTime.dayOfWeek(year: year, month: month, day: 1))
        let week = (daysOfWeek >> first | daysOfWeek << (7 - first)) & 0x7F
        let byWeek = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1
        let days = needsBothDays ? daysOfMonth & byWeek : daysOfMonth | byWeek
        return days & Self.bits(through: CronExpression.CivilTime.days(inMonth: month, of: year)) & ~1
    }

    /// The first matching time of a day that is not before another; `nil` if there is none left on the day.
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
