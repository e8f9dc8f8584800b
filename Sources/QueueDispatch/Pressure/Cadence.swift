import QueueModel
import QueueStoreKit

/// Decides when to measure again: at most once per interval.
struct Cadence: Sendable {
    /// The intervals that a source may have.
    static let range: ClosedRange<Duration> = .milliseconds(10) ... .seconds(60)

    let interval: Duration
    private var next: Duration?

    init(_ interval: Duration) {
        self.interval = interval
    }

    /// Returns whether the interval is over; if so, a new one begins.
    ///
    /// - Parameter now: The time on the clock, since any start.
    mutating func isDue(at now: Duration) -> Bool {
        // After a clock went back, the next time may be far away; it is not waited for.
        if let next, now < next, next - now <= interval { return false }
        next = now + interval
        return true
    }

    /// Throws ``QueueError/Code/invalidOption`` if the interval of a source is outside of the range.
    static func validate(_ interval: Duration, of name: String) throws(QueueError) {
        guard range.contains(interval) else {
            throw QueueError(
                .invalidOption, "the interval of the pressure source \"\(name)\" is \(interval), it must be 10 ms…60 s")
        }
    }
}
