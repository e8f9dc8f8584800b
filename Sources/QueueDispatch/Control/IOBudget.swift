public import QueueModel
import QueueStoreKit

/// How much running jobs may be expected to move at once, by what the machine moves (rule D10).
///
///     configuration.ioBudget = IOBudget(.system)
///
/// On each axis (disk read and written, network received and sent) the budget is a share of what the machine moves in a window of time, at
/// the smoothed rate of the last seconds. A job with ``JobOptions/expectedIO`` waits while what the running ones are expected to move, plus its
/// own, exceeds the budget; one that would never fit runs alone. Jobs that expect nothing are not held. An axis on which
/// nothing has been measured yet, or on which nothing moves, does not limit.
public struct IOBudget: Sendable {
    /// Where the figures come from.
    public var sampler: any ResourceSampler
    /// The share of the throughput that may be planned with, above 0 up to 1; default 0.8.
    public var share: Double
    /// The time whose throughput is planned with, 100 ms…1 h; default 2 s.
    public var window: Duration
    /// The time constant of the smoothing (see ``ThroughputMeter``), 10 ms…1 h; default 2 s.
    public var timeConstant: Duration

    /// Makes a budget with the defaults of rule D10.
    public init(
        _ sampler: any ResourceSampler, share: Double = 0.8, window: Duration = .seconds(2),
        timeConstant: Duration = .seconds(2)
    ) {
        self.sampler = sampler
        self.share = share
        self.window = window
        self.timeConstant = timeConstant
    }

    /// What may be moved at a rate of bytes a second; an axis without a rate is not limited.
    public func amount(at rate: IOAmount) -> IOAmount {
        IOAmount(
            diskRead: bytes(at: rate.diskRead), diskWritten: bytes(at: rate.diskWritten),
            networkReceived: bytes(at: rate.networkReceived), networkSent: bytes(at: rate.networkSent))
    }

    private func bytes(at rate: Int64) -> Int64 {
        if rate <= 0 { return .max }
        return Int64(exactly: (Double(rate) * (window / .seconds(1)) * share).rounded(.down)) ?? .max
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first part that is outside of its range.
    public func validate() throws(QueueError) {
        if !(share > 0 && share <= 1) {
            throw QueueError(.invalidOption, "the share of the IO budget is \(share), it must be above 0, up to 1")
        }
        if window < .milliseconds(100) || window > .seconds(3600) {
            throw QueueError(.invalidOption, "the window of the IO budget is \(window), it must be 100 ms…1 h")
        }
        _ = try ThroughputMeter(timeConstant: timeConstant)
    }
}

/// Keeps the budget up to date: samples, smooths, multiplies.
struct IOGauge {
    private let budget: IOBudget
    private var meter: ThroughputMeter
    private var cadence: Cadence
    private(set) var amount: IOAmount?
    /// Whether the last sample failed.
    private(set) var isBlind = false

    init(_ budget: IOBudget) throws(QueueError) {
        self.budget = budget
        meter = try ThroughputMeter(timeConstant: budget.timeConstant)
        cadence = Cadence(min(budget.window / 4, .seconds(1)))
    }

    /// Samples if it is time; returns what just went wrong for the first time since it last went well.
    mutating func update(at now: Duration) -> (any Error)? {
        guard cadence.isDue(at: now) else { return nil }
        do {
            meter.add(try budget.sampler.sample(), at: now)
            amount = meter.rate.map { budget.amount(at: $0) }
            isBlind = false
            return nil
        } catch {
            // What was measured before says nothing of the present.
            amount = nil
            defer { isBlind = true }
            return isBlind ? nil : error
        }
    }
}
