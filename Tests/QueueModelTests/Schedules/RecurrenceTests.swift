import Foundation
import QueueBackoff
import QueueModel
import Testing

@Suite("Recurrence")
struct RecurrenceTests {
    static let golden: [(Recurrence, String)] = {
        guard let workdays = CronExpression("30 3 * * MON-FRI"), let daily = CronExpression("@daily") else { return [] }
        return [
            (.every(.seconds(900)), "recurrence/1 every=900s occurrences=none delay=0s"),
            (
                .every(.milliseconds(1500), occurrences: 1, after: .milliseconds(1)),
                "recurrence/1 every=1500ms occurrences=1 delay=1ms"
            ),
            (
                .every(.seconds(1) + .nanoseconds(5), occurrences: .max),
                "recurrence/1 every=1s occurrences=9223372036854775807 delay=0s"
            ),
            (
                .every(.seconds(Int64.max)),
                "recurrence/1 every=9223372036854775807ms occurrences=none delay=0s"
            ),
            (.cron(daily), "recurrence/1 cron=0 0 * * * zone=UTC occurrences=none delay=0s"),
            (
                .cron(workdays, timeZone: "Europe/Berlin", occurrences: 10, after: .seconds(60)),
                "recurrence/1 cron=30 3 * * MON-FRI zone=Europe/Berlin occurrences=10 delay=60s"
            ),
            (
                .cron(daily, timeZone: "Etc/GMT+5"),
                "recurrence/1 cron=0 0 * * * zone=Etc/GMT+5 occurrences=none delay=0s"
            ),
        ]
    }()

    @Test("D13 a recurrence has this text, in every release", arguments: golden)
    func text(_ recurrence: Recurrence, _ text: String) throws {
        #expect(recurrence.description == text)
        #expect(Recurrence(text) == recurrence)
        let data = try JSONEncoder().encode([recurrence])
        #expect(try JSONDecoder().decode([String].self, from: data) == [text])
        #expect(try JSONDecoder().decode([Recurrence].self, from: data) == [recurrence])
    }

    @Test(
        "D13 what is not exactly the text of a valid recurrence is refused",
        arguments: [
            "", " ", "recurrence/1", "recurrence/1 occurrences=none delay=0s",
            "every=1s occurrences=none delay=0s",
            "recurrence/2 every=1s occurrences=none delay=0s",
            "Recurrence/1 every=1s occurrences=none delay=0s",
            "recurrence/1 every=1s occurrences=none",
            "recurrence/1 every=1s delay=0s",
            "recurrence/1 every=1s delay=0s occurrences=none",
            "recurrence/1 every=1s occurrences=none delay=0s ",
            " recurrence/1 every=1s occurrences=none delay=0s",
            "recurrence/1  every=1s occurrences=none delay=0s",
            "recurrence/1 every=1s occurrences=none delay=0s\n",
            "recurrence/1 every=1s every=1s occurrences=none delay=0s",
            "recurrence/1 every=01s occurrences=none delay=0s",
            "recurrence/1 every=+1s occurrences=none delay=0s",
            "recurrence/1 every=1000ms occurrences=none delay=0s",
            "recurrence/1 every=1 occurrences=none delay=0s",
            "recurrence/1 every=1m occurrences=none delay=0s",
            "recurrence/1 every=s occurrences=none delay=0s",
            "recurrence/1 every=9223372036854775807s occurrences=none delay=0s",
            "recurrence/1 every=9223372036854775808ms occurrences=none delay=0s",
            "recurrence/1 every=1s occurrences=none delay=-0s",
            "recurrence/1 every=1s occurrences= delay=0s",
            "recurrence/1 every=1s occurrences=None delay=0s",
            "recurrence/1 every=1s occurrences=9223372036854775808 delay=0s",
            "recurrence/1 every=1s zone=UTC occurrences=none delay=0s",
            "recurrence/1 every=1\u{301}s occurrences=none delay=0s",
            "recurrence/1 cron=@daily zone=UTC occurrences=none delay=0s",
            "recurrence/1 cron=0 0 * * zone=UTC occurrences=none delay=0s",
            "recurrence/1 cron=0 0 * * *  zone=UTC occurrences=none delay=0s",
            "recurrence/1 cron=0 0 * * mon zone=UTC occurrences=none delay=0s",
            "recurrence/1 cron=0 0 30 2 * zone=UTC occurrences=none delay=0s",
            "recurrence/1 cron=0 0 * * * occurrences=none delay=0s",
            "recurrence/1 zone=UTC cron=0 0 * * * occurrences=none delay=0s",
            // Texts of values that are not valid.
            "recurrence/1 every=999ms occurrences=none delay=0s",
            "recurrence/1 every=1s occurrences=0 delay=0s",
            "recurrence/1 every=1s occurrences=none delay=-1s",
            "recurrence/1 cron=0 0 * * * zone= occurrences=none delay=0s",
        ])
    func malformed(_ text: String) {
        #expect(Recurrence(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Recurrence].self, from: try JSONEncoder().encode([text]))
        }
    }

    @Test("D13 a damaged text is refused, or is the text of what it reads as")
    func damaged() {
        var generator = FastRandom(seed: 13)
        let bytes = Array("0123456789=/ -+,*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        var accepted = 0
        for round in 0..<4000 {
            var text = Array(Self.golden[round % Self.golden.count].1.utf8)
            let index = generator.next(below: text.count)
            text[index] = bytes[generator.next(below: bytes.count)]
            let damaged = String(decoding: text, as: UTF8.self)
            guard let recurrence = Recurrence(damaged) else { continue }
            accepted += 1
            #expect(recurrence.description == damaged)
        }
        #expect(accepted > 100)
        #expect(accepted < 2000)
    }

    static let outOfRange: [Recurrence] = {
        guard let daily = CronExpression("@daily") else { return [] }
        let zones = [
            "", " ", "Europe/Berlin ", "Europe Berlin", "Europe/Zürich", "UTC\0", "UTC\n",
            String(repeating: "a", count: 129),
        ]
        return [
            .every(.milliseconds(999)), .every(.seconds(1) - .nanoseconds(1)), .every(.zero), .every(.seconds(-1)),
            .every(.seconds(Int64.min)), .every(.seconds(1), occurrences: 0), .every(.seconds(1), occurrences: -1),
            .every(.seconds(1), after: .milliseconds(-1)), .every(.seconds(1), after: .nanoseconds(-1)),
            .cron(daily, occurrences: 0), .cron(daily, after: .seconds(-1)),
        ] + zones.map { .cron(daily, timeZone: $0) }
    }()

    @Test("D13 a recurrence out of range is refused", arguments: outOfRange)
    func invalid(_ recurrence: Recurrence) throws {
        let error = try #require(throws: QueueError.self) { try recurrence.validate() }
        #expect(error.code == .invalidSchedule)
        #expect(Recurrence(recurrence.description) == nil)
    }

    @Test("D13 a recurrence in range is valid", arguments: golden)
    func valid(_ recurrence: Recurrence, _ text: String) throws {
        try recurrence.validate()
    }

    @Test("D13 a cron expression that does not parse is an invalid schedule, with the mistake behind it")
    func parsing() throws {
        let error = try #require(throws: QueueError.self) { try Recurrence.cron(parsing: "0 25 * * *") }
        #expect(error.code == .invalidSchedule)
        let mistake = try #require(error.underlying as? CronExpression.ParseError)
        #expect(mistake.field == .hour)
        #expect(mistake.position == 2)
        let daily = try CronExpression(parsing: "0 0 * * *")
        #expect(try Recurrence.cron(parsing: "@daily", occurrences: 3) == .cron(daily, occurrences: 3))
    }

    @Test("D13 occurrences end with the maximum")
    func maximum() {
        let limited = Recurrence.every(.seconds(1), occurrences: 2)
        #expect([0, 1, 2, 3].map { limited.allowsOccurrence(after: $0) } == [true, true, false, false])
        #expect(Recurrence.every(.seconds(1)).allowsOccurrence(after: .max))
    }
}
