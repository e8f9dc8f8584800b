#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Makes a smooth rate out of the samples of one counter: an exponentially weighted moving average.
///
/// The formula is that of ``ThroughputMeter``, which has one for each axis.
struct SmoothedRate: Sendable {
    private var last: (total: Int64, instant: Duration)?
    private var weightedSum = 0.0
    private var weight = 0.0

    /// A second's worth; `nil` before the first interval.
    var perSecond: Double? { weight > 0 ? weightedSum / weight : nil }

    /// Takes a sample.
    ///
    /// Nothing is concluded from a counter that is lower than before, or negative, nor from a clock that went back; the next
    /// interval then begins here. While the clock stands still a sample is left out, and what it counts falls into the next interval.
    mutating func add(_ total: Int64, at instant: Duration, _ timeConstant: Duration) {
        guard let last, total >= last.total, instant >= last.instant else {
            last = total >= 0 ? (total, instant) : nil
            return
        }
        if instant == last.instant { return }
        let interval = instant - last.instant
        // expm1 keeps the digits that 1 - exp would lose where the interval is short.
        let share = -expm1(-(interval / timeConstant))
        weightedSum += share * (Double(total - last.total) / (interval / .seconds(1)) - weightedSum)
        weight += share * (1 - weight)
        self.last = (total, instant)
    }
}
