import QueueModel
import QueueStoreKit

/// Says when to measure again: at most once an interval.
struct Cadence: Sendable {
    /// The intervals that a source may be given.
    static let range: ClosedRange<Duration> = .milliseconds(10) ... .seconds(60)

    let interval: Duration
    private var next: Duration?

    init(_ interval: Duration) {
        self.interval = interval
    }

    /// Whether it is time, on a clock that shows the time since its start; if so, the next time is an interval later.
    mutating func isDue(at now: Duration) -> Bool {
        // A clock that went back would else have to come all the way again.
        if let next, now < next, next - now <= interval { return false }
        next = now + interval
        return true
    }

    /// Throws if the interval of a source is outside of the range.
    static func validate(_ interval: Duration, of name: String) throws(QueueError) {
        guard range.contains(interval) else {
            throw QueueError(
                .invalidOption, "the interval of the pressure source \"\(name)\" is \(interval), it must be 10 ms…60 s")
        }
    }
}
