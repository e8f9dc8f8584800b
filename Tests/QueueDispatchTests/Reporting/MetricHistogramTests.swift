import QueueDispatch
import QueueModel
import Testing

@Suite("Histograms") struct MetricHistogramTests {
    private func histogram(_ values: [Double]) -> QueueMetrics.Histogram {
        var histogram = QueueMetrics.Histogram(of: .batchSize)
        for value in values { histogram.add(value) }
        return histogram
    }

    @Test(
        "Q5 a value falls into the first bucket whose bound it does not exceed",
        arguments: [
            (-1.0, 0), (0, 0), (1, 0), (1.5, 1), (2, 1), (1024, 10), (1025, 11), (.infinity, 11), (.nan, 0),
        ] as [(Double, Int)])
    func buckets(value: Double, bucket: Int) {
        let counts = histogram([value]).counts
        #expect(counts.count == 12)
        #expect(counts.firstIndex(of: 1) == bucket)
        #expect(counts.reduce(0, +) == 1)
    }

    @Test("Q5 sum, count and mean are exact")
    func sums() {
        let histogram = histogram([1, 2, 6])
        #expect(histogram.sum == 9)
        #expect(histogram.count == 3)
        #expect(histogram.mean == 3)
        #expect(self.histogram([]).mean == nil)
    }

    @Test(
        "Q5 a quantile lies within the bucket of its value, evenly spread",
        arguments: [
            (0.0, 2.0), (0.5, 3), (1, 4), (-1, 2), (2, 4),
        ])
    func quantiles(share: Double, value: Double) {
        #expect(histogram([3, 3, 3, 3]).quantile(share) == value)
    }

    @Test("Q5 a quantile beyond the last bound is that bound, and of nothing there is none")
    func quantileEnds() {
        #expect(histogram([5000]).quantile(0.5) == 1024)
        #expect(histogram([]).quantile(0.5) == nil)
        #expect(histogram([1]).quantile(.nan) == nil)
    }
}
