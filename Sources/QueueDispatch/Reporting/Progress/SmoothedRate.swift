#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A smooth rate from samples of one counter: an exponentially weighted moving average, with the formula of
/// ``ThroughputMeter``.
struct SmoothedRate: Sendable {
    private var last: (total: Int64, instant: Duration)?
    private var weightedSum = 0.0
    private var weight = 0.0

    /// The rate per second; `nil` before the first interval.
    var perSecond: Double? { weight > 0 ? weightedSum / weight : nil }

    /// Adds a sample.
    ///
    /// A counter that is negative or lower than before, or a clock that went back, only begins a new interval. While
    /// the clock stands still samples are skipped, and their amount counts for the next interval.
    mutating func add(_ total: Int64, at instant: Duration, _ timeConstant: Duration) {
        guard let last, total >= last.total, instant >= last.instant else {
            last = total >= 0 ? (total, instant) : nil
            return
        }
        if instant == last.instant { return }
        let interval = instant - last.instant
        // expm1 keeps the digits that 1 - exp would lose for a short interval.
        let share = -expm1(-(interval / timeConstant))
        weightedSum += share * (Double(total - last.total) / (interval / .seconds(1)) - weightedSum)
        weight += share * (1 - weight)
        self.last = (total, instant)
    }
}
