import QueueModel

extension Timestamp {
    /// Reads an instant of UTC such as `2024-03-31T01:00`.
    init?(text: some StringProtocol) {
        let parts = text.split { "-T:".contains($0) }.compactMap { Int($0) }
        guard parts.count == 5,
            let time = CronExpression.CivilTime(
                year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4])
        else { return nil }
        self.init(milliseconds: time.minutesSince1970 * 60_000)
    }

    /// The instant in UTC, such as `2024-03-31T01:00`, with what is left of the minute in milliseconds.
    var text: String {
        let minutes = milliseconds.flooredQuotient(by: 60_000)
        let rest = milliseconds - minutes * 60_000
        guard let time = CronExpression.CivilTime(minutesSince1970: minutes) else { return "\(milliseconds)" }
        return rest == 0 ? time.description : "\(time)+\(rest)ms"
    }
}
