import QueueBackoff
import QueueModel
import Testing

@Suite("Cron expressions, searching")
struct CronSearchTests {
    @Test(
        "D13 an expression's next time is the calendar's",
        arguments: [
            ("* * * * *", "2023-12-31T23:59", "2024-01-01T00:00"),
            ("0 0 29 2 *", "2096-02-29T00:00", "2104-02-29T00:00"),
            ("0 0 29 2 *", "1896-02-29T00:00", "1904-02-29T00:00"),
            ("0 0 29 FEB */7", "2088-02-29T00:00", "2128-02-29T00:00"),
            ("0 0 31 * *", "2024-03-31T00:00", "2024-05-31T00:00"),
            ("59 23 31 12 *", "2024-12-31T23:58", "2024-12-31T23:59"),
            ("59 23 31 12 *", "2024-12-31T23:59", "2025-12-31T23:59"),
            ("30 4 1,15 * FRI", "2024-03-01T04:30", "2024-03-08T04:30"),
            ("30 4 1,15 * FRI", "2024-03-08T04:30", "2024-03-15T04:30"),
            ("30 4 */2 * FRI", "2024-03-01T04:30", "2024-03-15T04:30"),
            ("0 12 * * MON", "0001-01-01T12:00", "0001-01-08T12:00"),
            ("0 0 1 1 *", "9998-06-01T00:00", "9999-01-01T00:00"),
        ])
    func next(_ text: String, _ time: String, _ next: String) throws {
        let expression = try CronExpression(parsing: text)
        let found = try #require(expression.next(after: try civilTime(time)))
        #expect(found.description == next)
    }

    @Test("D13 there is no next time after the year 9999")
    func end() throws {
        let expression = try CronExpression(parsing: "* * * * *")
        let last = try civilTime("9999-12-31T23:59")
        #expect(expression.next(after: last) == nil)
        #expect(try CronExpression(parsing: "0 0 29 2 *").next(after: last) == nil)
        #expect(expression.matches(last))
    }

    @Test("D13 a scan minute by minute finds the same times", arguments: 1...24)
    func minutes(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let random = RandomExpression(using: &generator)
        // Chance may draw the 30th of February.
        guard let expression = CronExpression(random.text) else { return }
        let start = Int64.random(in: -10_000_000...50_000_000, using: &generator)
        var last = try #require(CronExpression.CivilTime(minutesSince1970: start))
        for minutes in (start + 1)...(start + 40_000) {
            let time = try #require(CronExpression.CivilTime(minutesSince1970: minutes))
            let dayOfWeek = dayOfWeek(ofDay: minutes.flooredQuotient(by: 1440))
            let isMatch =
                random.matchesTime(hour: time.hour, minute: time.minute)
                && random.matchesDay(month: time.month, day: time.day, dayOfWeek: dayOfWeek)
            guard isMatch else { continue }
            let next = expression.next(after: last)
            guard next == time else {
                Issue.record("\(random.text) after \(last): \(String(describing: next)) is not \(time)")
                return
            }
            last = time
        }
        if let next = expression.next(after: last) { #expect(next.minutesSince1970 > start + 40_000) }
    }

    @Test("D13 a scan day by day finds the same days over 20 years", arguments: 100...160)
    func days(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let time = (minute: generator.next(below: 60), hour: generator.next(below: 24))
        let random = RandomExpression(time: time, using: &generator)
        // Chance may draw the 30th of February.
        guard let expression = CronExpression(random.text) else { return }
        let start = Int64.random(in: -10_000...50_000, using: &generator)
        var last = try #require(CronExpression.CivilTime(minutesSince1970: start * 1440))
        if expression.matches(last) {
            last = try #require(CronExpression.CivilTime(minutesSince1970: start * 1440 - 1))
        }
        for day in start..<(start + 7305) {
            let minutes = day * 1440 + Int64(time.hour * 60 + time.minute)
            let date = try #require(CronExpression.CivilTime(minutesSince1970: minutes))
            let dayOfWeek = dayOfWeek(ofDay: day)
            guard random.matchesDay(month: date.month, day: date.day, dayOfWeek: dayOfWeek) else { continue }
            let next = expression.next(after: last)
            guard next == date else {
                Issue.record("\(random.text) after \(last): \(String(describing: next)) is not \(date)")
                return
            }
            last = date
        }
    }

    /// The day of the week, 0 for Sunday, so many days after 1970-01-01, a Thursday.
    private func dayOfWeek(ofDay day: Int64) -> Int {
        Int((day + 4 + 7_000_000) % 7)
    }

    private func civilTime(_ text: String) throws -> CronExpression.CivilTime {
        let parts = text.split { "-T:".contains($0) }.compactMap { Int($0) }
        try #require(parts.count == 5)
        return try #require(
            CronExpression.CivilTime(year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4]))
    }
}
