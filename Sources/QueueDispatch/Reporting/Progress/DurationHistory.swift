#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How long jobs of a type took, by which the progress of jobs that report none is estimated.
struct DurationHistory: Sendable {
    /// The number of jobs from which on the mean is an exponential moving average.
    private static let memory = 32

    /// The mean, in seconds; 0 before the first.
    private(set) var mean = 0.0
    private(set) var count = 0
    /// Whether the store's history was read.
    var isAsked = false

    /// Adds the duration of a completed job, in seconds.
    mutating func add(_ seconds: Double) {
        count = min(count + 1, Self.memory)
        mean += (max(seconds, 0) - mean) / Double(count)
    }

    /// Estimates the progress, above 0 and below 1, of a job that has run for some seconds, and the seconds left; `nil`
    /// without a history.
    ///
    /// Proportional to the mean up to 80 %; from there on it slows down and approaches 99 %, since a job that takes
    /// longer than others is not done.
    func estimate(after seconds: Double) -> (fraction: Double, secondsLeft: Double)? {
        guard count > 0, seconds > 0 else { return nil }
        // Stored instants are whole milliseconds: a duration of zero means less than one.
        let mean = max(mean, 0.001)
        let share = seconds / mean
        let fraction = share <= 0.8 ? share : min(1 - 0.2 * exp((0.8 - share) / 0.2), 0.99)
        return (fraction, mean * (1 - fraction))
    }
}
