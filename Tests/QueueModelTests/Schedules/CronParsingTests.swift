import Foundation
import QueueModel
import Testing

@Suite("Cron expressions, parsing")
struct CronParsingTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var code: CronExpression.ParseError.Code
        var field: CronExpression.Field?
        var position: Int

        init(_ text: String, _ code: CronExpression.ParseError.Code, _ field: CronExpression.Field?, _ position: Int) {
            self.text = text
            self.code = code
            self.field = field
            self.position = position
        }

        var testDescription: String { "\"\(text.prefix(40))\"" }
    }

    static let mistakes: [Mistake] = [
        Mistake("", .missingField, .minute, 0),
        Mistake("   ", .missingField, .minute, 3),
        Mistake("5", .missingField, .hour, 1),
        Mistake("5 ", .missingField, .hour, 2),
        Mistake("5 4", .missingField, .dayOfMonth, 3),
        Mistake("5 4 3", .missingField, .month, 5),
        Mistake("5 4 3 2", .missingField, .dayOfWeek, 7),
        Mistake("5 4 3 2 1 0", .extraField, nil, 10),
        Mistake("0 0 * * * *", .extraField, nil, 10),
        Mistake("60 * * * *", .outOfRange, .minute, 0),
        Mistake("-1 * * * *", .unexpectedText, .minute, 0),
        Mistake("99999999999999999999999 * * * *", .outOfRange, .minute, 0),
        Mistake("0 24 * * *", .outOfRange, .hour, 2),
        Mistake("0 0 0 * *", .outOfRange, .dayOfMonth, 4),
        Mistake("0 0 32 * *", .outOfRange, .dayOfMonth, 4),
        Mistake("0 0 1-32 * *", .outOfRange, .dayOfMonth, 6),
        Mistake("0 0 * 0 *", .outOfRange, .month, 6),
        Mistake("0 0 * 13 *", .outOfRange, .month, 6),
        Mistake("0 0 * * 8", .outOfRange, .dayOfWeek, 8),
        Mistake("0 0 * * 5-8", .outOfRange, .dayOfWeek, 10),
        Mistake("1,2,x * * * *", .unexpectedText, .minute, 4),
        Mistake("1,,2 * * * *", .unexpectedText, .minute, 2),
        Mistake(",1 * * * *", .unexpectedText, .minute, 0),
        Mistake("1, * * * *", .unexpectedText, .minute, 2),
        Mistake("1- * * * *", .unexpectedText, .minute, 2),
        Mistake("1-2-3 * * * *", .unexpectedText, .minute, 3),
        Mistake("1.5 * * * *", .unexpectedText, .minute, 1),
        Mistake("** * * * *", .unexpectedText, .minute, 1),
        Mistake("*5 * * * *", .unexpectedText, .minute, 1),
        Mistake("*-5 * * * *", .unexpectedText, .minute, 1),
        Mistake("5* * * * *", .unexpectedText, .minute, 1),
        Mistake("30-10 * * * *", .reversedRange, .minute, 3),
        Mistake("0 22-2 * * *", .reversedRange, .hour, 5),
        Mistake("0 0 * DEC-JAN *", .reversedRange, .month, 10),
        Mistake("0 0 * * FRI-MON", .reversedRange, .dayOfWeek, 12),
        Mistake("0 0 * * 5-0", .reversedRange, .dayOfWeek, 10),
        Mistake("*/ * * * *", .unexpectedText, .minute, 2),
        Mistake("*/0 * * * *", .outOfRange, .minute, 2),
        Mistake("*/60 * * * *", .outOfRange, .minute, 2),
        Mistake("0 */24 * * *", .outOfRange, .hour, 4),
        Mistake("*/5/5 * * * *", .unexpectedText, .minute, 3),
        Mistake("*/-5 * * * *", .unexpectedText, .minute, 2),
        Mistake("0 0 * */JAN *", .unexpectedText, .month, 8),
        Mistake("JAN * * * *", .unexpectedText, .minute, 0),
        Mistake("0 0 MON * *", .unexpectedText, .dayOfMonth, 4),
        Mistake("0 0 * MON *", .unexpectedText, .month, 6),
        Mistake("0 0 * * JAN", .unexpectedText, .dayOfWeek, 8),
        Mistake("0 0 * JANUARY *", .unexpectedText, .month, 6),
        Mistake("0 0 * * MO", .unexpectedText, .dayOfWeek, 8),
        Mistake("0 0 L * *", .unexpectedText, .dayOfMonth, 4),
        Mistake("0 0 ? * *", .unexpectedText, .dayOfMonth, 4),
        Mistake("0 0 * * 5#2", .unexpectedText, .dayOfWeek, 9),
        Mistake("0 0 * * *\n", .unexpectedText, .dayOfWeek, 9),
        Mistake("0\u{A0}0 * * *", .unexpectedText, .minute, 1),
        Mistake("５ * * * *", .unexpectedText, .minute, 0),
        Mistake("5\u{301} * * * *", .unexpectedText, .minute, 0),
        Mistake("👩‍👩‍👧‍👦 * * * *", .unexpectedText, .minute, 0),
        Mistake("0 👩‍👩‍👧‍👦 * * *", .unexpectedText, .hour, 2),
        Mistake("@", .unknownMacro, nil, 0),
        Mistake(" @reboot", .unknownMacro, nil, 1),
        Mistake("@dailyy", .unknownMacro, nil, 0),
        Mistake("@daily 5", .extraField, nil, 7),
        Mistake("0 0 30 2 *", .neverFires, .dayOfMonth, 4),
        Mistake("0 0 30,31 FEB *", .neverFires, .dayOfMonth, 4),
        Mistake("  0   0  31 APR,JUN,SEP,NOV *", .neverFires, .dayOfMonth, 9),
        Mistake("0 0 31 4,6,9-11/2 */2", .neverFires, .dayOfMonth, 4),
        Mistake("0 0 1 1 *" + String(repeating: " ", count: 504), .tooLong, nil, 512),
        Mistake(String(repeating: "0,", count: 1_000_000), .tooLong, nil, 512),
    ]

    @Test("D13 a mistake is reported with its field and position", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        let error = try #require(throws: CronExpression.ParseError.self) { try CronExpression(parsing: mistake.text) }
        #expect(error.code == mistake.code)
        #expect(error.field == mistake.field)
        #expect(error.position == mistake.position)
        #expect(!error.expected.isEmpty)
        #expect(CronExpression(mistake.text) == nil)
    }

    @Test("D13 a mistake says what was expected")
    func expected() throws {
        let error = try #require(throws: CronExpression.ParseError.self) {
            try CronExpression(parsing: "0 3 * * MON-FRY")
        }
        #expect(
            error.description
                == "unexpectedText in the field \"day of week\" at character 12: "
                + "expected a number from 0 to 7 or a name from SUN to SAT")
    }

    @Test(
        "D13 an expression is written with single spaces, capitals and without macros",
        arguments: [
            ("* * * * *", "* * * * *"),
            ("  05\t3-4  *  jan-Mar   mon,WED,fri ", "05 3-4 * JAN-MAR MON,WED,FRI"),
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), (" @Annually ", "0 0 1 1 *"),
            ("0 0 29 2 *", "0 0 29 2 *"),
        ])
    func text(_ written: String, _ normal: String) throws {
        let expression = try CronExpression(parsing: written)
        #expect(expression.description == normal)
        #expect(try CronExpression(parsing: normal) == expression)
    }

    @Test(
        "D13 an expression matches the minutes, hours, days and months that it says",
        arguments: [
            ("*/15 0 1 1 *", .minute, [0, 15, 30, 45]),
            ("10-30/2 0 1 1 *", .minute, Array(stride(from: 10, to: 31, by: 2))),
            ("5/10 0 1 1 *", .minute, [5, 15, 25, 35, 45, 55]), ("7,3,3,1-2 0 1 1 *", .minute, [1, 2, 3, 7]),
            ("*/59 0 1 1 *", .minute, [0, 59]), ("59/1 0 1 1 *", .minute, [59]),
            ("0 */7 1 1 *", .hour, [0, 7, 14, 21]), ("0 22-23,*/12 1 1 *", .hour, [0, 12, 22, 23]),
            ("0 0 */10 1 *", .dayOfMonth, [1, 11, 21, 31]), ("0 0 28/1 2 *", .dayOfMonth, [28, 29]),
            ("0 0 1 */5 *", .month, [1, 6, 11]), ("0 0 1 feb-APR,Dec *", .month, [2, 3, 4, 12]),
            ("0 0 * 1 0", .dayOfWeek, [0]), ("0 0 * 1 7", .dayOfWeek, [0]), ("0 0 * 1 Sun", .dayOfWeek, [0]),
            ("0 0 * 1 5-7", .dayOfWeek, [0, 5, 6]), ("0 0 * 1 FRI-SUN", .dayOfWeek, [0, 5, 6]),
            ("0 0 * 1 SUN-TUE", .dayOfWeek, [0, 1, 2]), ("0 0 * 1 SUN-SUN", .dayOfWeek, [0]),
            ("0 0 * 1 */3", .dayOfWeek, [0, 3, 6]), ("0 0 * 1 1/2", .dayOfWeek, [1, 3, 5]),
            ("0 0 * 1 7/2", .dayOfWeek, [0]),
            ("0 0 * 1 0-7", .dayOfWeek, Array(0...6)),
        ] as [(String, CronExpression.Field, [Int])])
    func values(_ text: String, _ field: CronExpression.Field, _ values: [Int]) throws {
        let expression = try CronExpression(parsing: text)
        var found: Set<Int> = []
        // 2024 is a leap year and began with a Monday.
        for month in 1...12 {
            for day in 1...31 {
                for (hour, minute) in (0..<24).map({ ($0, 0) }) + (1..<60).map({ (0, $0) }) {
                    guard
                        let time = CronExpression.CivilTime(
                            year: 2024, month: month, day: day, hour: hour, minute: minute),
                        expression.matches(time)
                    else { continue }
                    switch field {
                    case .minute: found.insert(minute)
                    case .hour: found.insert(hour)
                    case .dayOfMonth: found.insert(day)
                    case .month: found.insert(month)
                    case .dayOfWeek: found.insert(day % 7)
                    }
                }
            }
        }
        #expect(found.sorted() == values)
    }

    @Test(
        "D13 a rhythm begins with a star in minute or hour",
        arguments: [
            ("* 3 * * *", true), ("*/15 3 * * *", true), ("0 * * * *", true), ("0 */6 * * *", true),
            ("*,5 3 * * *", true),
            ("0 3 * * *", false), ("0-59 0-23 * * *", false), ("5,* 3 * * *", false), ("@hourly", true),
            ("@daily", false),
        ])
    func rhythm(_ text: String, _ isRhythm: Bool) throws {
        #expect(try CronExpression(parsing: text).isRhythm == isRhythm)
    }

    @Test("D13 an expression is coded as its text")
    func coding() throws {
        let expression = try CronExpression(parsing: "0 3 * * MON-FRI")
        let data = try JSONEncoder().encode([expression])
        #expect(String(decoding: data, as: UTF8.self) == #"["0 3 * * MON-FRI"]"#)
        #expect(try JSONDecoder().decode([CronExpression].self, from: data) == [expression])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CronExpression].self, from: Data(#"["0 3 * *"]"#.utf8))
        }
    }
}
