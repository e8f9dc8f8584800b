extension CronExpression {
    /// A minute of a wall clock: a date of the Gregorian calendar and a time of day, without a time zone.
    ///
    /// The calendar is the proleptic one, which extends the Gregorian rules back before their introduction, from the
    /// year 1 to the year 9999. A minute that a change of a zone's clock skips is a civil time like any other, and a
    /// repeated one is a single civil time.
    public struct CivilTime: Hashable, Sendable {
        /// The year, 1…9999.
        public let year: Int
        /// The month, 1…12.
        public let month: Int
        /// The day of the month, 1…31.
        public let day: Int
        /// The hour, 0…23.
        public let hour: Int
        /// The minute, 0…59.
        public let minute: Int

        /// Creates a civil time; `nil` if a part is out of range or the month has no such day.
        public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0) {
            guard Self.years.contains(year), 1...12 ~= month, 0...23 ~= hour, 0...59 ~= minute,
                1...Self.days(inMonth: month, of: year) ~= day
            else { return nil }
            self.init(year, month, day, hour, minute)
        }

        /// Creates a civil time of parts that are known to be in range.
        init(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int) {
            self.year = year
            self.month = month
            self.day = day
            self.hour = hour
            self.minute = minute
        }

        /// The years of civil times.
        static let years = 1...9999
    }
}

extension CronExpression.CivilTime: Comparable {
    /// Returns whether one civil time is before another.
    public static func < (left: CronExpression.CivilTime, right: CronExpression.CivilTime) -> Bool {
        (left.year, left.month, left.day, left.hour, left.minute)
            < (right.year, right.month, right.day, right.hour, right.minute)
    }
}

extension CronExpression.CivilTime: CustomStringConvertible {
    /// The form of ISO 8601, as in `2024-02-29T23:59`.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):\(padded(minute, 2))"
    }
}

// The conversions between dates and day numbers are `days_from_civil` and `civil_from_days` of Howard Hinnant's
// "chrono-Compatible Low-Level Date Algorithms" (https://howardhinnant.github.io/date_algorithms.html): years are
// counted from March, so that the leap day is a year's last, and in eras of 400 years, after which the calendar
// repeats itself.

extension CronExpression.CivilTime {
    /// Creates the civil time that a clock without daylight saving shows a number of minutes after 1970-01-01T00:00;
    /// `nil` outside the years 1…9999.
    package init?(minutesSince1970 minutes: Int64) {
        let day = minutes.flooredQuotient(by: 1440)
        guard Self.dayNumbers.contains(day) else { return nil }
        let shifted = Int(day) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let minuteOfDay = Int(minutes - day * 1440)
        self.init(
            year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, minuteOfDay / 60, minuteOfDay % 60)
    }

    /// The minutes since 1970-01-01T00:00, negative before it.
    package var minutesSince1970: Int64 {
        Int64(Self.dayNumber(year: year, month: month, day: day)) * 1440 + Int64(hour * 60 + minute)
    }

    /// The days from 1970-01-01 to a date, negative before it.
    static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear / 400
        let yearOfEra = marchYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day of the week of a date in the years 1…9999, 0 for Sunday.
    static func dayOfWeek(year: Int, month: Int, day: Int) -> Int {
        // 1970-01-01 was a Thursday. The whole weeks added keep the remainder's operand positive.
        (dayNumber(year: year, month: month, day: day) + 4 + 7 * 110_000) % 7
    }

    /// Returns the number of days of a month.
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day numbers of the years 1…9999.
    private static let dayNumbers =
        Int64(dayNumber(year: 1, month: 1, day: 1))...Int64(dayNumber(year: 9999, month: 12, day: 31))
}

extension Int64 {
    /// Returns the quotient by a positive number, rounded toward minus infinity.
    package func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
