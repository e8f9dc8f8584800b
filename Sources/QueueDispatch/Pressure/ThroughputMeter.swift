public import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Makes a smooth rate out of the samples of a counter: an exponentially weighted moving average for each axis.
///
/// An interval of length *t* counts with `1 - exp(-t / timeConstant)`, so that samples may come at any distance: two short
/// intervals weigh what the long one of both would. The weights are divided by their sum, as in the bias correction of Adam (Kingma and Ba,
/// 2015): the first intervals are not drawn towards zero, and a very short first one does not outweigh what follows.
public struct ThroughputMeter: Sendable {
    /// The time constants that a meter may have.
    public static let timeConstants: ClosedRange<Duration> = .milliseconds(10) ... .seconds(3600)

    /// The time after which what was measured has lost all but 1/e (37 %) of its weight.
    public let timeConstant: Duration

    private var diskRead = Axis()
    private var diskWritten = Axis()
    private var networkReceived = Axis()
    private var networkSent = Axis()

    /// Makes a meter with a time constant of 2 s.
    public init() {
        timeConstant = .seconds(2)
    }

    /// Makes a meter.
    ///
    /// - Parameter timeConstant: The time after which what was measured has lost all but 37 % of its weight, 10 ms…1 h.
    /// - Throws: ``QueueError/Code/invalidOption`` if it is outside of the range.
    public init(timeConstant: Duration) throws(QueueError) {
        guard Self.timeConstants.contains(timeConstant) else {
            throw QueueError(
                .invalidOption, "the time constant of the meter is \(timeConstant), it must be 10 ms…1 h")
        }
        self.timeConstant = timeConstant
    }

    /// Takes a sample: all bytes so far, as a ``ResourceSampler`` gives them.
    ///
    /// Of each axis: nothing is concluded from a counter that is lower than before, or negative, nor from a clock that went
    /// back; the next interval then begins here. While the clock stands still a sample is left out, and what it counts
    /// falls into the next interval.
    ///
    /// - Parameters:
    ///   - total: All bytes so far.
    ///   - instant: The time of the sample, since any start.
    public mutating func add(_ total: IOAmount, at instant: Duration) {
        diskRead.add(total.diskRead, at: instant, timeConstant)
        diskWritten.add(total.diskWritten, at: instant, timeConstant)
        networkReceived.add(total.networkReceived, at: instant, timeConstant)
        networkSent.add(total.networkSent, at: instant, timeConstant)
    }

    /// The bytes a second, as of the last sample; `nil` before the first interval.
    ///
    /// An axis of which nothing is known yet has 0.
    public var rate: IOAmount? {
        let rates = [diskRead.rate, diskWritten.rate, networkReceived.rate, networkSent.rate]
        guard rates.contains(where: { $0 != nil }) else { return nil }
        return IOAmount(
            diskRead: rates[0] ?? 0, diskWritten: rates[1] ?? 0, networkReceived: rates[2] ?? 0,
            networkSent: rates[3] ?? 0)
    }
}

/// One counter of a meter.
private struct Axis: Sendable {
    private var last: (total: Int64, instant: Duration)?
    private var weightedSum = 0.0
    private var weight = 0.0

    var rate: Int64? {
        guard weight > 0 else { return nil }
        return Int64(exactly: (weightedSum / weight).rounded()) ?? .max
    }

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
