import Testing

@testable import QueueModel

@Suite("Histogram of durations") struct DurationHistogramTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    /// Milliseconds over many octaves, as jobs of all kinds take them.
    private static func durations(_ count: Int, seed: UInt64) -> [Int64] {
        var generator = Generator(state: seed)
        return (0..<count).map { _ in
            Int64.random(in: 0..<(1 << Int64.random(in: 1...32, using: &generator)), using: &generator)
        }
    }

    private static func histogram(_ durations: some Sequence<Int64>) -> TypeStatistics.DurationHistogram {
        var histogram = TypeStatistics.DurationHistogram()
        for duration in durations { histogram.add(.milliseconds(duration)) }
        return histogram
    }

    @Test("Q2 percentiles are within a sixteenth of the true ones", arguments: 1...20)
    func percentiles(seed: UInt64) throws {
        let durations = Self.durations(Int(seed) * 37, seed: seed)
        let histogram = Self.histogram(durations)
        let sorted = durations.sorted()
        for part in [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1] {
            let rank = max(1, Int((part * Double(sorted.count)).rounded(.up)))
            let truth = Double(sorted[rank - 1])
            let answer = try #require(histogram.percentile(part)) / .milliseconds(1)
            #expect(abs(answer - truth) <= truth / 16, "\(part): \(answer) for \(truth)")
        }
    }

    @Test("Q2 count, mean and ends are exact")
    func exact() {
        let histogram = Self.histogram([3, 1000, 50, 7])
        #expect(histogram.count == 4)
        #expect(histogram.mean == .milliseconds(265))
        #expect(histogram.minimum == .milliseconds(3))
        #expect(histogram.maximum == .seconds(1))
    }

    @Test("Q2 a histogram without durations has no mean and no percentiles")
    func empty() {
        let histogram = TypeStatistics.DurationHistogram()
        #expect(histogram.mean == nil)
        #expect(histogram.minimum == nil)
        #expect(histogram.maximum == nil)
        #expect(histogram.p50 == nil)
    }

    @Test("Q2 durations of less than 16 ms are told apart", arguments: 0..<16 as Range<Int64>)
    func small(_ duration: Int64) {
        let histogram = Self.histogram([0, duration, 1000])
        #expect(histogram.p50 == .milliseconds(duration))
    }

    @Test("Q2 merged histograms are as if one had taken all")
    func merging() {
        let (some, others) = (Self.durations(100, seed: 1), Self.durations(50, seed: 2))
        var merged = Self.histogram(some)
        merged.merge(Self.histogram(others))
        merged.merge(TypeStatistics.DurationHistogram())
        #expect(merged == Self.histogram(some + others))
        var empty = TypeStatistics.DurationHistogram()
        empty.merge(merged)
        #expect(empty == merged)
    }

    @Test("Q2 equal durations can be taken at once")
    func several() {
        var one = TypeStatistics.DurationHistogram()
        one.add(.milliseconds(20), count: 3)
        one.add(.milliseconds(20), count: 0)
        #expect(one == Self.histogram([20, 20, 20]))
    }

    @Test("Q2 the longest and the impossible durations have a place")
    func extremes() {
        let histogram = Self.histogram([.max, .max, -5])
        #expect(histogram.maximum == .milliseconds(Int64.max))
        #expect(histogram.minimum == .zero)
        #expect(histogram.count == 3)
    }
}
