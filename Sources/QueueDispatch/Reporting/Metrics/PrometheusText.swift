import QueueModel
import QueueStoreKit

/// A writer of the Prometheus text exposition format 0.0.4.
///
/// See <https://prometheus.io/docs/instrumenting/exposition_formats/>. Label values may be any strings: backslashes,
/// quotes and line ends are escaped.
struct PrometheusText {
    private(set) var text = ""
    /// The labels of every series, already formatted.
    private let constant: [String]

    init(constant labels: [QueueMetric.Label] = []) {
        constant = labels.map(Self.pair)
    }

    /// Begins a metric; all its series must follow before the next metric begins.
    mutating func begin(_ metric: QueueMetric) {
        let help = metric.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(metric.name) \(help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
    }

    /// Writes one value of a counter or a gauge.
    mutating func add(_ value: Double, of metric: QueueMetric, _ labels: [QueueMetric.Label] = []) {
        add(metric.name, labels.map(Self.pair), value)
    }

    /// Writes one series of a histogram: its cumulative buckets, its sum and its count.
    mutating func add(_ histogram: QueueMetrics.Histogram, of metric: QueueMetric, _ labels: [QueueMetric.Label] = []) {
        let labels = labels.map(Self.pair)
        var total = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], histogram.counts) {
            total += count
            add("\(metric.name)_bucket", labels + ["le=\"\(Self.number(bound))\""], Double(total))
        }
        add("\(metric.name)_sum", labels, histogram.sum)
        add("\(metric.name)_count", labels, Double(total))
    }

    private mutating func add(_ name: String, _ labels: [String], _ value: Double) {
        let pairs = constant + labels
        text += name
        if !pairs.isEmpty { text += "{\(pairs.joined(separator: ","))}" }
        text += " \(Self.number(value))\n"
    }

    private static func pair(_ label: QueueMetric.Label) -> String {
        let value = label.value
            .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\(label.name)=\"\(value)\""
    }

    private static func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.isNaN { return "NaN" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}
