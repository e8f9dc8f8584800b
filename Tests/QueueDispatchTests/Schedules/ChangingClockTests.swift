import QueueBackoff
import QueueDispatch
import QueueModel
import Testing

@Suite("Schedules on changing clocks")
struct ChangingClockTests {
    /// All minutes, counted from 1970 in UTC, in which cronie's cron.c would fire an expression, by its virtual minute.
    private func played(_ expression: CronExpression, in zone: MadeUpZone, over minutes: ClosedRange<Int64>) -> [Int64]
    {
        var fired: [Int64] = []
        var virtual = minutes.lowerBound - 1 + zone.offset(at: (minutes.lowerBound - 1) * 60) / 60
        func matches(_ local: Int64) -> Bool {
            CronExpression.CivilTime(minutesSince1970: local).map(expression.matches) ?? false
        }
        for minute in minutes {
            let local = minute + zone.offset(at: minute * 60) / 60
            let change = local - virtual - 1
            if expression.isRhythm {
                virtual = local
                if matches(local) { fired.append(minute) }
            } else if abs(change) > 180 {
                virtual = local
                if matches(local) { fired.append(minute) }
            } else if change >= 0 {
                if ((virtual + 1)...local).contains(where: matches) { fired.append(minute) }
                virtual = local
            }
        }
        return fired
    }

    /// Expressions that fire a few times a day to every minute, half of them at fixed times.
    private func expression(using generator: inout FastRandom) throws -> CronExpression {
        func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
        let minute = [
            "\(number(60))", "\(number(30))-\(30 + number(30))", "*/\(1 + number(30))", "*", "7,\(number(60))",
        ]
        let hour = [
            "\(number(24))", "\(number(6))-\(6 + number(18))/\(1 + number(4))", "*", "*/\(1 + number(8))", "0-23",
        ]
        let day = ["* * *", "* * *", "*/2 * *", "1,15 * MON", "* * SUN-WED"]
        return try CronExpression(
            parsing: "\(minute[number(5)]) \(hour[number(5)]) \(day[number(5)])")
    }

    @Test("D13 on made-up clocks, what fires is what playing every minute fires", arguments: 1...80)
    func madeUp(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let start = Int64.random(in: -1_000_000...30_000_000, using: &generator)
        let minutes = start...(start + 9000)
        let zone = MadeUpZone.random(from: start * 60, to: minutes.upperBound * 60, using: &generator)
        let expression = try expression(using: &generator)
        let schedule = try Schedule(.cron(expression)) { _ in zone }
        let expected = played(expression, in: zone, over: minutes)
        var found: [Int64] = []
        var last = Timestamp(milliseconds: start * 60_000 - 1)
        while let next = schedule.next(after: last), next.milliseconds <= minutes.upperBound * 60_000 {
            guard next > last else {
                Issue.record("\(next) is not after \(last)")
                return
            }
            found.append(next.milliseconds / 60_000)
            last = next
        }
        #expect(found == expected, "\(expression) with changes \(zone.changes)")
    }

    @Test("D13 a rare time is found over many changes of the clock, and once", arguments: 300...315)
    func rare(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let start = Int64.random(in: -1_000_000...30_000_000, using: &generator)
        let minutes = start...(start + 90_000)
        let zone = MadeUpZone.random(
            from: start * 60, to: minutes.upperBound * 60, apart: 3000...12_000, using: &generator)
        let day = Int.random(in: 1...28, using: &generator)
        let times = ["30 2", "0 0", "15,45 1-4", "59 23", "*/20 5", "7 *"]
        let time = times.randomElement(using: &generator) ?? "30 2"
        let expression = try CronExpression(parsing: "\(time) \(day) * *")
        let schedule = try Schedule(.cron(expression)) { _ in zone }
        let expected = played(expression, in: zone, over: minutes)
        var found: [Int64] = []
        var last = Timestamp(milliseconds: start * 60_000 - 1)
        while let next = schedule.next(after: last), next.milliseconds <= minutes.upperBound * 60_000, next > last {
            found.append(next.milliseconds / 60_000)
            last = next
        }
        #expect(found == expected, "\(expression) with changes \(zone.changes)")
    }

    @Test("D13 the next time is the same from anywhere before it, on made-up clocks", arguments: 200...240)
    func anywhere(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let start = Int64.random(in: -1_000_000...30_000_000, using: &generator)
        let minutes = start...(start + 9000)
        let zone = MadeUpZone.random(from: start * 60, to: minutes.upperBound * 60, using: &generator)
        let expression = try expression(using: &generator)
        let schedule = try Schedule(.cron(expression)) { _ in zone }
        let expected = played(expression, in: zone, over: minutes)
        for _ in 0..<200 {
            let instant = Int64.random(in: (start * 60_000)...((start + 9000) * 60_000), using: &generator)
            guard let next = expected.first(where: { $0 * 60_000 > instant }) else { continue }
            #expect(
                schedule.next(after: Timestamp(milliseconds: instant)) == Timestamp(milliseconds: next * 60_000),
                "\(expression) after \(instant) with changes \(zone.changes)")
        }
    }

    @Test(
        "D13 a change of three hours is daylight saving, a greater one a correction",
        arguments: [
            // From 02:00 to 05:00: 03:30 fires at the change. From 02:00 to 05:01: it is gone.
            (180, "1970-01-02T02:00", "1970-01-03T00:30"), (181, "1970-01-03T00:29", "1970-01-04T00:29"),
            // From 05:00 back to 02:00: 03:30 does not fire again. From 05:00 back to 01:59: it does.
            (-180, "1970-01-02T03:30", "1970-01-03T06:30"), (-181, "1970-01-02T03:30", "1970-01-02T06:31"),
        ] as [(Int64, String, String)])
    func limit(_ jump: Int64, _ first: String, _ second: String) throws {
        let change: Int64 = 86_400 + (jump > 0 ? 2 : 5) * 3600
        let zone = MadeUpZone(first: 0, changes: [(change, jump * 60)])
        let schedule = try Schedule(.cron(parsing: "30 3 * * *")) { _ in zone }
        let next = try #require(schedule.next(after: Timestamp(milliseconds: 86_400_000)))
        #expect(next.text == first)
        #expect(try #require(schedule.next(after: next)).text == second)
    }

    @Test("D13 a day that is repeated at the date line has its times again, though the next date is a month away")
    func repeatedDay() throws {
        let change = try #require(Timestamp(text: "1970-01-05T14:00"))
        let zone = MadeUpZone(first: 12 * 3600, changes: [(change.milliseconds / 1000, -12 * 3600)])
        let schedule = try Schedule(.cron(parsing: "30 3 5 * *")) { _ in zone }
        var last = try #require(Timestamp(text: "1970-01-04T15:29"))
        for expected in ["1970-01-04T15:30", "1970-01-05T15:30", "1970-02-05T15:30"] {
            last = try #require(schedule.next(after: last))
            #expect(last.text == expected)
        }
    }

    @Test("D13 offsets of odd seconds, as before standard time, keep the clock's minutes")
    func oddSeconds() throws {
        let zone = MadeUpZone(first: 3208, changes: [(-2_422_054_408, 3600)])
        let schedule = try Schedule(.cron(parsing: "0 12 * * *")) { _ in zone }
        let next = try #require(schedule.next(after: Timestamp(milliseconds: -2_500_000_000_000)))
        #expect((next.milliseconds / 1000 + 3208) % 86_400 == -43_200)
    }

    @Test("D13 rules that never come to rest end the search")
    func restless() throws {
        struct Restless: ZoneRules {
            func offset(at utcSeconds: Int64) -> Int64 { utcSeconds.isMultiple(of: 2) ? 0 : 7200 }
        }
        for text in ["0 0 29 2 *", "0 2 * * *", "*/15 * * * *"] {
            let schedule = try Schedule(.cron(parsing: text)) { _ in Restless() }
            let start = Timestamp(milliseconds: 1_000_000_000_000)
            if let next = schedule.next(after: start) { #expect(next > start) }
        }
    }
}
