import QueueModel
import QueueStoreKit

/// A smoothed rate of counters: an exponentially weighted moving average for each axis.
///
/// An interval of length *t* has the weight `1 - exp(-t / timeConstant)`, so samples may be unevenly spaced: two short
/// intervals weigh as much as one long interval. The weights are divided by their sum, as in the bias correction of
/// Adam (Kingma and Ba, 2015), so the first intervals are not drawn towards zero, and a very short first one does not
/// dominate.
struct ThroughputMeter: Sendable {
    /// The time constants that a meter may have.
    static let timeConstants: ClosedRange<Duration> = .milliseconds(10) ... .seconds(3600)

    /// The time after which a measurement has lost all but 1/e (37 %) of its weight.
    let timeConstant: Duration

    private var diskRead = SmoothedRate()
    private var diskWritten = SmoothedRate()
    private var networkReceived = SmoothedRate()
    private var networkSent = SmoothedRate()

    /// Creates a meter with a time constant of 2 s.
    init() {
        timeConstant = .seconds(2)
    }

    /// Creates a meter.
    ///
    /// - Parameter timeConstant: The time after which a measurement has lost all but 37 % of its weight, 10 ms…1 h.
    /// - Throws: ``QueueError/Code/invalidOption`` if it is outside of the range.
    init(timeConstant: Duration) throws(QueueError) {
        guard Self.timeConstants.contains(timeConstant) else {
            throw QueueError(
                .invalidOption, "the time constant of the meter is \(timeConstant), it must be 10 ms…1 h")
        }
        self.timeConstant = timeConstant
    }

    /// Adds a sample: all bytes so far, as a ``ResourceSampler`` returns them.
    ///
    /// Each axis is handled alone. If its counter is negative or lower than before, or the clock went back, the
    /// sample only begins a new interval. If the clock has not moved, the sample is skipped, and its bytes count in the
    /// next interval.
    ///
    /// - Parameters:
    ///   - total: All bytes so far.
    ///   - instant: The time of the sample, since any start.
    mutating func add(_ total: IOAmount, at instant: Duration) {
        diskRead.add(total.diskRead, at: instant, timeConstant)
        diskWritten.add(total.diskWritten, at: instant, timeConstant)
        networkReceived.add(total.networkReceived, at: instant, timeConstant)
        networkSent.add(total.networkSent, at: instant, timeConstant)
    }

    /// The bytes per second as of the last sample; `nil` before the end of the first interval.
    ///
    /// An axis without a complete interval has 0.
    var rate: IOAmount? {
        let rates = [diskRead, diskWritten, networkReceived, networkSent].map { $0.perSecond.map(Self.bytes) }
        guard rates.contains(where: { $0 != nil }) else { return nil }
        return IOAmount(
            diskRead: rates[0] ?? 0, diskWritten: rates[1] ?? 0, networkReceived: rates[2] ?? 0,
            networkSent: rates[3] ?? 0)
    }

    private static func bytes(_ rate: Double) -> Int64 { Int64(exactly: rate.rounded()) ?? .max }
}
