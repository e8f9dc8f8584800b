public import QueueModel

extension QueueMetrics {
    /// A distribution of values over fixed buckets.
    public struct Histogram: Hashable, Sendable {
        /// The inclusive upper bounds of the buckets, ascending; one more bucket without a bound follows.
        public let bounds: [Double]
        /// The number of values in each bucket; one more element than ``bounds``.
        public private(set) var counts: [Int]
        /// The sum of all values.
        public private(set) var sum = 0.0

        /// Creates an empty histogram with the buckets of a metric.
        public init(of metric: QueueMetric) {
            bounds = metric.buckets
            counts = Array(repeating: 0, count: bounds.count + 1)
        }

        /// The number of values.
        public var count: Int { counts.reduce(0, +) }
        /// The mean; `nil` if there are no values.
        public var mean: Double? {
            let count = count
            return count > 0 ? sum / Double(count) : nil
        }

        /// Adds a value; NaN counts as 0.
        public mutating func add(_ value: Double) {
            let value = value.isNaN ? 0 : value
            // Most values are small, and the buckets few.
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
            sum += value
        }

        /// Returns an estimate of the value that a share of all values, 0…1, does not exceed; `nil` if there are no
        /// values.
        ///
        /// Values are assumed to be evenly distributed within a bucket, as by Prometheus' `histogram_quantile`. Values
        /// beyond the last bound count as that bound.
        public func quantile(_ share: Double) -> Double? {
            let count = count
            guard count > 0, !share.isNaN else { return nil }
            let rank = min(max(share, 0), 1) * Double(count)
            var below = 0.0
            for (index, bound) in bounds.enumerated() {
                let own = Double(counts[index])
                if own > 0, below + own >= rank {
                    let lower = index == 0 ? min(0, bound) : bounds[index - 1]
                    return lower + (bound - lower) * (rank - below) / own
                }
                below += own
            }
            return bounds.last
        }
    }
}
