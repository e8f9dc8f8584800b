/// How long a batch waits in memory after transient errors: twice as long after each, between two bounds.
public struct TransientBackoff: Hashable, Sendable {
    /// The delay after the first error; 5 ms by default, more than zero.
    public var initial: Duration

    /// The longest delay; 5 s by default, at least ``initial``.
    public var maximum: Duration

    /// Creates a back-off; its bounds are checked when a channel is made with it.
    public init(initial: Duration = .milliseconds(5), maximum: Duration = .seconds(5)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The delay before the next commit, once that many have failed in a row: min(initial · 2^(failures − 1),
    /// maximum).
    ///
    /// Any number of failures is fine, as the delay stops growing before it could overflow.
    public func delay(afterFailures failures: Int) -> Duration {
        guard initial > .zero else { return .zero }
        var delay = initial
        for _ in 1..<max(1, failures) {
            guard delay <= maximum / 2 else { return maximum }
            delay *= 2
        }
        return min(delay, maximum)
    }
}
