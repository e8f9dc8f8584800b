import Foundation
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

private struct Sweep: Job {
    static let type: JobType = "sweep"
}

private struct Sweeper: JobExecutor {
    func execute(_ job: Sweep, in context: JobContext) async throws {}
}

private struct Report: Job {
    static let type: JobType = "report"
    var region: String
}

private struct ReportWriter: JobExecutor {
    func execute(_ job: Report, in context: JobContext) async throws {
        guard let occurrence = context.job.occurrence else { return }
        let late = context.now.since(occurrence.due)
        context.log(.info, "\(occurrence.schedule) of \(job.region), \(late) after it was due")
    }
}

/// The code of Documentation/Schedules.md, run.
@Suite("Schedules guide")
struct ScheduleGuideTests {
    /// A queue that runs reports and sweeps, on the morning before a working day.
    private func makeQueue() throws -> (queue: JobQueue, rig: Rig) {
        let rig = Rig()
        rig.time.wall.set(to: try #require(Timestamp(text: "2024-04-01T06:00")))
        let queue = try rig.queue {
            Sweeper()
            ReportWriter()
        }
        return (queue, rig)
    }

    private func scheduleAll(on queue: JobQueue) async throws {
        try await queue.schedules.register(Sweep(), .every(.seconds(900)), id: "sweep")
        try await queue.schedules.register(
            Report(region: "north"), .cron(parsing: "30 8 * * MON-FRI", timeZone: "Europe/Berlin"), id: "report-north",
            options: SubmitOptions(priority: .high, timeToLive: .seconds(3600), label: "morning report"))
    }

    @Test("D13 guide: schedules that fire")
    func scheduling() async throws {
        let (queue, rig) = try makeQueue()
        try await scheduleAll(on: queue)
        rig.time.advance(by: .seconds(1860))
        try await queue.runUntilIdle()
        #expect(rig.log.lines(.info, containing: "report-north of north, 60.0 seconds after it was due").count == 1)
        #expect(try await queue.counts()[.completed] == 2)
    }

    @Test("D13 guide: looking, pausing, resuming, cancelling")
    func controlling() async throws {
        let (queue, rig) = try makeQueue()
        try await scheduleAll(on: queue)
        try await queue.runUntilIdle()
        var log: [String] = []
        let now = rig.now
        for schedule in try await queue.schedules.all() {
            let next = schedule.next.map { "next in \($0.since(now))" } ?? "ended"
            log.append("\(schedule.id): \(schedule.occurrences) so far, \(schedule.skipped) skipped, \(next)")
        }
        try await queue.schedules.pause("sweep")
        try await queue.schedules.resume("sweep")
        try await queue.schedules.cancel("sweep", includingJob: true)
        #expect(
            log == [
                "report-north: 0 so far, 0 skipped, next in 1800.0 seconds",
                "sweep: 1 so far, 0 skipped, next in 900.0 seconds",
            ])
        #expect(try await queue.schedules.all().map(\.id) == ["report-north"])
    }

    @Test("D13 guide: events of schedules")
    func events() async throws {
        let (queue, rig) = try makeQueue()
        let news = queue.events(.schedules)
        try await scheduleAll(on: queue)
        // What is held waits, and the next occurrence finds it in its way.
        try await queue.pause(.queue)
        try await queue.runUntilIdle()
        rig.time.advance(by: .seconds(900))
        try await queue.runUntilIdle()
        await queue.close()
        var log: [String] = []
        for await event in news {
            switch event.kind {
            case .occurrenceSkipped(let schedule, let due): log.append("\(schedule) skipped at \(due.milliseconds)")
            case .schedule(let schedule, let change): log.append("\(schedule) \(change)")
            default: break
            }
        }
        #expect(
            log == [
                "sweep registered", "report-north registered", "sweep skipped at \(rig.now.milliseconds)",
            ])
    }

    @Test("D13 guide: intervals")
    func intervals() throws {
        let sweep = Recurrence.every(.seconds(900))
        let trial = Recurrence.every(.seconds(60), occurrences: 10, after: .seconds(5))
        try sweep.validate()
        try trial.validate()
        #expect(trial.allowsOccurrence(after: 9))
        #expect(!trial.allowsOccurrence(after: 10))
    }

    @Test("D13 guide: a cron expression in a time zone, and its instants")
    func cron() throws {
        let report = try Recurrence.cron(parsing: "30 8 * * MON-FRI", timeZone: "Europe/Berlin")
        let friday = try #require(Timestamp(text: "2024-03-29T12:00"))
        let schedule = try Schedule(report)
        let first = schedule.first(submittedAt: friday)
        let second = first.flatMap { schedule.next(after: $0) }
        #expect(first?.text == "2024-04-01T06:30")
        #expect(second?.text == "2024-04-02T06:30")
    }

    @Test("D13 guide: an expression that never fires is refused")
    func mistake() {
        var log: [String] = []
        do {
            _ = try CronExpression(parsing: "0 0 30 FEB *")
        } catch {
            log.append("\(error.code) at \(error.position): \(error.expected)")
        }
        #expect(log == ["neverFires at 4: a day that one of the months has"])
    }

    @Test("D13 guide: civil times")
    func civil() throws {
        let expression = try CronExpression(parsing: "0 12 29 FEB *")
        let today = CronExpression.CivilTime(year: 2096, month: 3, day: 1)
        let leapDay = today.flatMap { expression.next(after: $0) }
        #expect(leapDay?.description == "2104-02-29T12:00")
    }

    @Test("D13 guide: missed occurrences")
    func missed() throws {
        let schedule = try Schedule(.cron(parsing: "@hourly"))
        let due = try #require(Timestamp(text: "2024-03-29T12:00"))
        let now = try #require(Timestamp(text: "2024-03-30T12:34"))
        var log: [String] = []
        func run(_ due: Timestamp) { log.append("run \(due.text)") }
        func plan(_ next: Timestamp?) { log.append("next \(next?.text ?? "never")") }
        let occurrence = schedule.occurrence(due: due, now: now)
        run(occurrence.due)
        if occurrence.hasCollapsed { log.append("earlier ones were missed") }
        plan(occurrence.next)
        #expect(log == ["run 2024-03-30T12:00", "earlier ones were missed", "next 2024-03-30T13:00"])
    }

    @Test("D13 guide: the table of changes")
    func changes() throws {
        func instants(_ text: String, from start: String, to end: String) throws -> [String] {
            let schedule = try Schedule(.cron(parsing: text, timeZone: "Europe/Berlin"))
            var last = try #require(Timestamp(text: start)).advanced(by: .milliseconds(-1))
            let end = try #require(Timestamp(text: end))
            var found: [String] = []
            while let next = schedule.next(after: last), next < end {
                found.append(String(next.text.suffix(5)))
                last = next
            }
            return found
        }
        let spring = (from: "2024-03-31T00:30", to: "2024-03-31T01:30")
        let autumn = (from: "2024-10-27T00:00", to: "2024-10-27T02:00")
        #expect(try instants("30 2 * * *", from: spring.from, to: spring.to) == ["01:00"])
        #expect(try instants("0,30 2 * * *", from: spring.from, to: spring.to) == ["01:00"])
        #expect(
            try instants("*/15 * * * *", from: spring.from, to: spring.to) == ["00:30", "00:45", "01:00", "01:15"])
        #expect(try instants("*/15 2 * * *", from: spring.from, to: spring.to).isEmpty)
        #expect(try instants("30 2 * * *", from: autumn.from, to: autumn.to) == ["00:30"])
        #expect(try instants("0,30 2 * * *", from: autumn.from, to: autumn.to) == ["00:00", "00:30"])
        #expect(try instants("*/15 * * * *", from: autumn.from, to: autumn.to).count == 8)
        #expect(try instants("*/15 2 * * *", from: autumn.from, to: autumn.to).count == 8)
    }

    @Test("D13 guide: the text of a recurrence")
    func store() throws {
        let report = try Recurrence.cron(parsing: "30 8 * * MON-FRI", timeZone: "Europe/Berlin")
        let text = report.description
        let stored = Recurrence(text)
        #expect(stored == report)
        #expect(text == "recurrence/1 cron=30 8 * * MON-FRI zone=Europe/Berlin occurrences=none delay=0s")
    }
}
