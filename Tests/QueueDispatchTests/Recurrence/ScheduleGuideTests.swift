import Foundation
import QueueDispatch
import QueueModel
import Testing

/// The code of Documentation/Schedules.md, run.
@Suite("Schedules guide")
struct ScheduleGuideTests {
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
        let today = CivilTime(year: 2096, month: 3, day: 1)
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

    @Test("D13 every code block of the guide is in this file")
    func blocks() throws {
        let file = URL(filePath: #filePath)
        let root = (0..<4).reduce(file) { url, _ in url.deletingLastPathComponent() }
        let guide = try String(contentsOf: root.appending(path: "Documentation/Schedules.md"), encoding: .utf8)
        let source = lines(try String(contentsOf: file, encoding: .utf8))
        let blocks = guide.components(separatedBy: "```swift\n").dropFirst().map {
            lines($0.components(separatedBy: "```")[0])
        }
        #expect(blocks.count >= 7)
        for block in blocks {
            #expect(source.indices.contains { source[$0...].starts(with: block) }, "\(block.first ?? "")")
        }
    }

    /// The lines of a text without indentation and without empty ones.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
