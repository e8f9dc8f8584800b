public import QueueModel
import QueueStoreKit

/// A limit on the bytes that running jobs are expected to move at once, derived from what the machine moves.
///
///     configuration.ioBudget = IOBudget(.system)
///
/// On each axis (disk read and written, network received and sent) the budget is a share of what the machine moves in a
/// window of time, at the smoothed rate of the last seconds. A job with ``JobOptions/expectedIO`` waits while the
/// expected bytes of the running jobs and its own exceed the budget; a job that would never fit runs alone. Jobs
/// without expected bytes are not held back. An axis on which nothing has been measured yet, or nothing moves, does not
/// limit.
public struct IOBudget: Sendable {
    /// The source of the measurements.
    public var sampler: any ResourceSampler
    /// The share of the throughput that jobs may use, above 0 up to 1; default 0.8.
    public var share: Double
    /// The time whose throughput is the budget, 100 ms…1 h; default 2 s.
    public var window: Duration
    /// The time constant of the smoothing: the time after which a measurement has lost 63 % of its weight, 10 ms…1 h;
    /// default 2 s.
    public var timeConstant: Duration

    /// Creates a budget.
    public init(
        _ sampler: any ResourceSampler, share: Double = 0.8, window: Duration = .seconds(2),
        timeConstant: Duration = .seconds(2)
    ) {
        self.sampler = sampler
        self.share = share
        self.window = window
        self.timeConstant = timeConstant
    }

    /// Returns the budget at a rate in bytes per second; an axis without a rate is not limited.
    public func amount(at rate: IOAmount) -> IOAmount {
        IOAmount(
            diskRead: bytes(at: rate.diskRead), diskWritten: bytes(at: rate.diskWritten),
            networkReceived: bytes(at: rate.networkReceived), networkSent: bytes(at: rate.networkSent))
    }

    private func bytes(at rate: Int64) -> Int64 {
        if rate <= 0 { return .max }
        return Int64(exactly: (Double(rate) * (window / .seconds(1)) * share).rounded(.down)) ?? .max
    }

    /// Checks each property against its range.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for the first property outside its range.
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

/// The budget of bytes at present: samples, smooths and multiplies.
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

    /// Samples if it is time; returns the error of the first failed sample after a successful one.
    mutating func update(at now: Duration) -> (any Error)? {
        guard cadence.isDue(at: now) else { return nil }
        do {
            meter.add(try budget.sampler.sample(), at: now)
            amount = meter.rate.map { budget.amount(at: $0) }
            isBlind = false
            return nil
        } catch {
            // Earlier measurements say nothing about the present.
            amount = nil
            defer { isBlind = true }
            return isBlind ? nil : error
        }
    }
}
