import QueueModel
import QueueStoreKit

/// Compares the rate of a counter with a capacity.
struct ThroughputProbe: PressureProbe {
    private let capacity: Double
    private let counters: @Sendable () -> IOAmount?
    private let strain: @Sendable (IOAmount) -> Double
    private var meter = ThroughputMeter()

    /// - Parameters:
    ///   - capacity: The bytes per second at which the pressure is 1.
    ///   - counters: All bytes so far; `nil` if they can't be read.
    ///   - strain: The bytes per second of a rate that are compared with the capacity.
    init(
        capacity: Int64, counters: @escaping @Sendable () -> IOAmount?,
        strain: @escaping @Sendable (IOAmount) -> Double
    ) {
        // A queue refuses a capacity below 1. A source without a queue must not divide by it either.
        self.capacity = Double(max(capacity, 1))
        self.counters = counters
        self.strain = strain
    }

    mutating func measure(at now: Duration) -> Double? {
        guard let total = counters() else { return nil }
        meter.add(total, at: now)
        return strain(meter.rate ?? .zero) / capacity
    }

    /// Throws ``QueueError/Code/invalidOption`` if the capacity of a source is less than one byte per second.
    static func validate(capacity: Int64, of name: String) throws(QueueError) {
        guard capacity >= 1 else {
            throw QueueError(
                .invalidOption,
                "the capacity of the pressure source \"\(name)\" is \(capacity) bytes per second, it must be at least 1"
            )
        }
    }
}
