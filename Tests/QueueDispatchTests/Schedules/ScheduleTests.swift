import QueueBackoff
import QueueDispatch
import QueueModel
import Testing

@Suite("Schedules")
struct ScheduleTests {
    let noon = Timestamp(milliseconds: 1_711_800_000_000)  // 2024-03-30T12:00Z

    @Test("D13 an interval counts from when the occurrence before was due")
    func interval() throws {
        let schedule = try Schedule(.every(.milliseconds(1500)))
        #expect(schedule.first(submittedAt: noon) == noon)
        #expect(schedule.next(after: noon) == noon.advanced(by: .milliseconds(1500)))
    }

    @Test("D13 nothing is due before the initial delay has passed")
    func initialDelay() throws {
        let interval = try Schedule(.every(.seconds(10), after: .seconds(3)))
        #expect(interval.first(submittedAt: noon) == noon.advanced(by: .seconds(3)))
        let hourly = try Schedule(.cron(parsing: "@hourly", after: .seconds(1800)))
        #expect(try #require(hourly.first(submittedAt: noon)).text == "2024-03-30T13:00")
        let later = try Schedule(.cron(parsing: "@hourly", after: .seconds(5400)))
        #expect(try #require(later.first(submittedAt: noon)).text == "2024-03-30T14:00")
    }

    @Test("D13 a cron job that is submitted in the instant of its time is due at once")
    func firstAtOnce() throws {
        let schedule = try Schedule(.cron(parsing: "0 12 * * *"))
        #expect(schedule.first(submittedAt: noon) == noon)
        let after = noon.advanced(by: .milliseconds(1))
        #expect(try #require(schedule.first(submittedAt: after)).text == "2024-03-31T12:00")
        #expect(schedule.next(after: after.advanced(by: .milliseconds(-2))) == noon)
    }

    @Test(
        "D13 a time zone that is not known is an invalid schedule", arguments: ["Europe/Atlantis", "Mars/Olympus", "x"])
    func unknownZone(_ identifier: String) throws {
        let error = try #require(throws: QueueError.self) {
            try Schedule(.cron(parsing: "@daily", timeZone: identifier))
        }
        #expect(error.code == .invalidSchedule)
    }

    @Test("D13 a recurrence out of range is an invalid schedule")
    func invalid() throws {
        for recurrence in [Recurrence.every(.zero), .every(.seconds(1), occurrences: 0)] {
            let error = try #require(throws: QueueError.self) { try Schedule(recurrence) }
            #expect(error.code == .invalidSchedule)
        }
    }

    @Test("D13 the names of UTC are one zone", arguments: ["UTC", "Etc/UTC", "GMT"])
    func utc(_ identifier: String) throws {
        let schedule = try Schedule(.cron(parsing: "30 12 * * *", timeZone: identifier))
        #expect(try #require(schedule.next(after: noon)).text == "2024-03-30T12:30")
    }

    @Test(
        "D13 the ends of time have no next occurrence, and no trap",
        arguments: ["* * * * *", "0 0 29 2 *", "0 3 * * *"])
    func ends(_ text: String) throws {
        for zone in ["UTC", "Pacific/Apia"] {
            let schedule = try Schedule(.cron(parsing: text, timeZone: zone))
            #expect(schedule.next(after: .distantFuture) == nil)
            #expect(schedule.first(submittedAt: .distantFuture) == nil)
            let first = try #require(schedule.next(after: .distantPast))
            #expect(try #require(schedule.first(submittedAt: .distantPast)) == first)
            #expect(first.text.hasPrefix(text == "0 0 29 2 *" ? "0004-02-" : "0001-01-"))
            let end = try #require(Timestamp(text: "9998-12-31T23:59"))
            #expect(schedule.next(after: end) == nil)
        }
        let interval = try Schedule(.every(.seconds(1)))
        #expect(interval.next(after: .distantFuture) == nil)
        #expect(interval.first(submittedAt: .distantFuture) == nil)
    }

    // MARK: Missed occurrences

    @Test("D13 an occurrence that is due, or not yet, is itself")
    func onTime() throws {
        for recurrence in [Recurrence.every(.seconds(3600)), try .cron(parsing: "@hourly")] {
            let schedule = try Schedule(recurrence)
            let next = noon.advanced(by: .seconds(3600))
            for late in [-86_400, -1, 0, 1, 3599] {
                let occurrence = schedule.occurrence(due: noon, now: noon.advanced(by: .seconds(late)))
                #expect(occurrence == Schedule.Occurrence(due: noon, next: next, hasCollapsed: false))
            }
        }
    }

    @Test("D13 missed occurrences collapse into the latest", arguments: [1, 2, 3, 24, 1000, 100_000])
    func collapse(_ missed: Int) throws {
        for recurrence in [Recurrence.every(.seconds(3600)), try .cron(parsing: "@hourly")] {
            let schedule = try Schedule(recurrence)
            let latest = noon.advanced(by: .seconds(3600 * missed))
            for late in [0, 1, 3599] {
                let occurrence = schedule.occurrence(due: noon, now: latest.advanced(by: .seconds(late)))
                let next = latest.advanced(by: .seconds(3600))
                #expect(occurrence == Schedule.Occurrence(due: latest, next: next, hasCollapsed: true))
            }
        }
    }

    @Test("D13 the latest missed one is the one that counting all of them finds", arguments: 1...30)
    func counted(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let texts = ["*/7 * * * *", "30 2 * * *", "15,45 1-3 * * *", "0 9 * * MON-FRI", "* 3 * * *", "0 0 1 * *"]
        let zones = ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"]
        let schedule = try Schedule(
            .cron(
                parsing: texts.randomElement(using: &generator) ?? "@daily",
                timeZone: zones.randomElement(using: &generator) ?? "UTC"))
        let start = Timestamp(milliseconds: Int64.random(in: 1_500_000_000_000...1_720_000_000_000, using: &generator))
        let due = try #require(schedule.next(after: start))
        let now = due.advanced(by: .milliseconds(Int64.random(in: 0...400_000_000, using: &generator)))
        var latest = due
        while let next = schedule.next(after: latest), next <= now { latest = next }
        let occurrence = schedule.occurrence(due: due, now: now)
        #expect(
            occurrence
                == Schedule.Occurrence(due: latest, next: schedule.next(after: latest), hasCollapsed: latest > due))
    }

    @Test("D13 a span beyond 64 bits collapses as any other")
    func longest() throws {
        let interval = try Schedule(.every(.seconds(7)))
        let occurrence = interval.occurrence(due: .distantPast, now: .distantFuture)
        #expect(UInt64(bitPattern: occurrence.due.milliseconds &- .min) % 7000 == 0)
        #expect(occurrence.due > Timestamp(milliseconds: .max - 7000))
        #expect(occurrence.next == nil)
        let daily = try Schedule(.cron(parsing: "@daily"))
        let last = daily.occurrence(due: .distantPast, now: .distantFuture)
        #expect(last.next == nil)
        #expect(last.due.text == "9998-12-31T00:00")
    }
}
