#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How long jobs of a type took: what the progress of those is estimated by that report nothing.
struct DurationHistory: Sendable {
    /// How many of the last jobs count: with more, the mean forgets the oldest as a moving average does.
    private static let memory = 32

    /// The mean, in seconds; 0 before the first.
    private(set) var mean = 0.0
    private(set) var count = 0
    /// Whether the store was asked what it knows.
    var isAsked = false

    /// Takes the duration of a job that ended well, in seconds.
    mutating func add(_ seconds: Double) {
        count = min(count + 1, Self.memory)
        mean += (max(seconds, 0) - mean) / Double(count)
    }

    /// How far a job is that has run for so many seconds, above 0 and below 1, and how many it still takes; `nil` without a history.
    ///
    /// In proportion up to four fifths; from there on it nears the whole as fast as at first and ever slower, since a job
    /// that takes longer than others is not done. It stops at 99 %.
    func estimate(after seconds: Double) -> (fraction: Double, secondsLeft: Double)? {
        guard count > 0, seconds > 0 else { return nil }
        // Stored instants are whole milliseconds: what took none of them took less than one.
        let mean = max(mean, 0.001)
        let share = seconds / mean
        let fraction = share <= 0.8 ? share : min(1 - 0.2 * exp((0.8 - share) / 0.2), 0.99)
        return (fraction, mean * (1 - fraction))
    }
}
