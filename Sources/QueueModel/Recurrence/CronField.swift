/// One of the five fields of a cron expression, in their order.
public enum CronField: String, Hashable, Sendable, CaseIterable {
    /// The minute of the hour, 0…59.
    case minute = "minute"
    /// The hour of the day, 0…23.
    case hour = "hour"
    /// The day of the month, 1…31.
    case dayOfMonth = "day of month"
    /// The month, 1…12 or `JAN`…`DEC`.
    case month = "month"
    /// The day of the week, 0…7 or `SUN`…`SAT`; both 0 and 7 are Sunday.
    case dayOfWeek = "day of week"

    /// The numbers that may be written.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// The numbers that `*` stands for: 7 is another name of Sunday and not a day more.
    var all: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : range }

    /// The names that may be written for numbers, the first for the lowest one.
    var names: [String] {
        switch self {
        case .minute, .hour, .dayOfMonth: []
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }

    /// What may be written for one value, for a person.
    var valueText: String {
        let numbers = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers) or a name from \(first) to \(last)"
    }
}
