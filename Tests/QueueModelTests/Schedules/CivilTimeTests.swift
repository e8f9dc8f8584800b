import QueueModel
import Testing

@Suite("Civil time")
struct CivilTimeTests {
    @Test(
        "D13 a civil time is this many minutes after 1970",
        arguments: [
            ("1970-01-01T00:00", 0), ("1969-12-31T23:59", -1), ("2000-02-29T12:34", 15_863_794),
            ("0001-01-01T00:00", -1_035_593_280), ("9999-12-31T23:59", 4_223_371_679),
        ] as [(String, Int64)])
    func minutes(_ text: String, _ minutes: Int64) throws {
        let time = try #require(CronExpression.CivilTime(minutesSince1970: minutes))
        #expect(time.description == text)
        #expect(time.minutesSince1970 == minutes)
    }

    @Test("D13 the days of 800 years follow each other by the rules of the Gregorian calendar")
    func days() throws {
        var minutes = try #require(CronExpression.CivilTime(year: 1600, month: 1, day: 1)).minutesSince1970
        for year in 1600..<2400 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (index, length) in lengths.enumerated() {
                for day in 1...length {
                    let time = try #require(CronExpression.CivilTime(minutesSince1970: minutes))
                    guard (time.year, time.month, time.day, time.hour, time.minute) == (year, index + 1, day, 0, 0)
                    else {
                        Issue.record("\(time) is not day \(day) of month \(index + 1) of \(year)")
                        return
                    }
                    minutes += 1440
                }
                #expect(CronExpression.CivilTime(year: year, month: index + 1, day: length + 1) == nil)
            }
        }
    }

    @Test("D13 there are no civil times outside of the years 1 to 9999")
    func ends() {
        #expect(CronExpression.CivilTime(minutesSince1970: -1_035_593_281) == nil)
        #expect(CronExpression.CivilTime(minutesSince1970: 4_223_371_680) == nil)
        #expect(CronExpression.CivilTime(minutesSince1970: .min) == nil)
        #expect(CronExpression.CivilTime(minutesSince1970: .max) == nil)
        #expect(CronExpression.CivilTime(year: 0, month: 12, day: 31) == nil)
        #expect(CronExpression.CivilTime(year: 10_000, month: 1, day: 1) == nil)
    }

    @Test(
        "D13 parts outside of their ranges make no civil time",
        arguments: [
            (0, 1, 0, 0), (13, 1, 0, 0), (1, 0, 0, 0), (1, 32, 0, 0), (1, 1, 24, 0), (1, 1, 0, 60), (1, 1, -1, 0),
        ])
    func parts(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int) {
        #expect(CronExpression.CivilTime(year: 2024, month: month, day: day, hour: hour, minute: minute) == nil)
    }

    @Test("D13 civil times are ordered as they pass")
    func order() throws {
        let time = try #require(CronExpression.CivilTime(year: 2024, month: 5, day: 6, hour: 7, minute: 8))
        for other in [
            CronExpression.CivilTime(year: 2025, month: 1, day: 1),
            CronExpression.CivilTime(year: 2024, month: 6, day: 1),
            CronExpression.CivilTime(year: 2024, month: 5, day: 7),
            CronExpression.CivilTime(year: 2024, month: 5, day: 6, hour: 8),
            CronExpression.CivilTime(year: 2024, month: 5, day: 6, hour: 7, minute: 9),
        ] {
            let other = try #require(other)
            #expect(time < other)
            #expect(!(other < time))
        }
    }
}
