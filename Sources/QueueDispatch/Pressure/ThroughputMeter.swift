public import QueueModel
import QueueStoreKit

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

    private var diskRead = SmoothedRate()
    private var diskWritten = SmoothedRate()
    private var networkReceived = SmoothedRate()
    private var networkSent = SmoothedRate()

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
        let rates = [diskRead, diskWritten, networkReceived, networkSent].map { $0.perSecond.map(Self.bytes) }
        guard rates.contains(where: { $0 != nil }) else { return nil }
        return IOAmount(
            diskRead: rates[0] ?? 0, diskWritten: rates[1] ?? 0, networkReceived: rates[2] ?? 0,
            networkSent: rates[3] ?? 0)
    }

    private static func bytes(_ rate: Double) -> Int64 { Int64(exactly: rate.rounded()) ?? .max }
}
