import QueueDispatch
import QueueModel
import Testing

@Suite("Schedules, known instants")
struct KnownInstantsTests {
    /// A line of the table.
    struct Line: Sendable, CustomTestStringConvertible {
        var zone: String
        var expression: String
        var after: Timestamp
        var instants: [Timestamp]

        var testDescription: String { "\(expression) in \(zone) after \(after.text)" }
    }

    static let lines: [Line] = {
        var lines: [Line] = []
        var (zone, after) = ("", Timestamp.distantPast)
        for text in KnownInstants.text.split(separator: "\n") where !text.hasPrefix("#") {
            let words = text.split(separator: " ")
            switch words[0] {
            case "zone": zone = String(words[1])
            case "after": after = Timestamp(text: words[1]) ?? .distantPast
            default:
                let end = words.firstIndex(of: ">") ?? words.endIndex
                lines.append(
                    Line(
                        zone: zone, expression: words[..<end].joined(separator: " "), after: after,
                        instants: words[end...].dropFirst().compactMap { Timestamp(text: $0) }))
            }
        }
        return lines
    }()

    @Test("D13 the table has four instants a line, over 300 in all, in seven zones")
    func table() {
        #expect(Self.lines.allSatisfy { $0.instants.count == 4 && $0.after != .distantPast })
        #expect(Self.lines.count * 4 >= 300)
        #expect(Set(Self.lines.map(\.zone)).count == 7)
    }

    @Test("D13 a cron expression fires at its known instants", arguments: lines)
    func fires(_ line: Line) throws {
        let schedule = try Schedule(.cron(parsing: line.expression, timeZone: line.zone))
        var last = line.after
        var found: [String] = []
        for _ in line.instants {
            last = try #require(schedule.next(after: last))
            found.append(last.text)
        }
        #expect(found == line.instants.map(\.text))
    }

    @Test("D13 the next instant is the same from anywhere before it", arguments: lines)
    func between(_ line: Line) throws {
        let schedule = try Schedule(.cron(parsing: line.expression, timeZone: line.zone))
        var last = line.after
        for instant in line.instants {
            let span = instant.milliseconds - last.milliseconds
            for part in [span / 3, span / 2, span - 60_001, span - 1001, span - 1] where part > 0 {
                #expect(schedule.next(after: Timestamp(milliseconds: last.milliseconds + part)) == instant)
            }
            last = instant
        }
    }
}
