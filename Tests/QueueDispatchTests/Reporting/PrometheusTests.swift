import QueueModel
import Testing

@testable import QueueDispatch

@Suite("Prometheus text") struct PrometheusTests {
    @Test("Q5 the text of a queue that has done nothing is well-formed and names every metric with its kind")
    func empty() throws {
        let parsed = try PrometheusParser(QueueMetrics().prometheusText())
        for metric in QueueMetric.all { #expect(parsed.types[metric.name] == metric.kind.rawValue) }
        #expect(parsed.value("millrace_running_jobs") == 0)
        #expect(parsed.value("millrace_jobs", ["state": "dead_lettered"]) == 0)
        #expect(parsed.value("millrace_submissions_total", ["outcome": "rerun_queued"]) == 0)
    }

    @Test("Q5 a metric is written as the format says, line by line")
    func lines() {
        var text = PrometheusText(constant: [QueueMetric.Label("queue", "a")])
        var histogram = QueueMetrics.Histogram(of: .batchSize)
        for value in [1.0, 3, 5000] { histogram.add(value) }
        text.begin(.batchSize)
        text.add(histogram, of: .batchSize)
        let lines = text.text.split(separator: "\n")
        #expect(lines[0] == "# HELP millrace_completion_batch_size Ended attempts committed in one transaction.")
        #expect(lines[1] == "# TYPE millrace_completion_batch_size histogram")
        #expect(lines[2] == "millrace_completion_batch_size_bucket{queue=\"a\",le=\"1\"} 1")
        #expect(lines[4] == "millrace_completion_batch_size_bucket{queue=\"a\",le=\"4\"} 2")
        #expect(
            lines.suffix(3) == [
                "millrace_completion_batch_size_bucket{queue=\"a\",le=\"+Inf\"} 3",
                "millrace_completion_batch_size_sum{queue=\"a\"} 5004",
                "millrace_completion_batch_size_count{queue=\"a\"} 3",
            ])
    }

    @Test(
        "Q5 a label's value comes through whatever is in it",
        arguments: ["plain", "a\"b", "a\\b", "a\nb", "\\n", "\\\"", "ä 日本", "{}=,", "", "\"", "\\"])
    func escaping(value: String) throws {
        var metrics = QueueMetrics()
        metrics.types[JobType(value)] = QueueMetrics.TypeMetrics()
        let parsed = try PrometheusParser(metrics.prometheusText(labels: ["queue": value]))
        #expect(parsed.value("millrace_started_total", ["type": value, "queue": value]) == 0)
    }

    @Test(
        "Q5 a label that the format or the metrics don't allow is refused",
        arguments: ["", "1a", "a-b", "ä", "__a", "a b", "a\n", "type", "outcome", "state", "source", "le"])
    func badLabels(name: String) {
        #expect(throws: QueueError.self) { try QueueMetrics().prometheusText(labels: [name: "x"]) }
    }

    @Test("Q5 labels are written sorted, and two texts of the same figures are the same")
    func order() throws {
        var metrics = QueueMetrics()
        for name in ["b", "a", "c"] { metrics.types[JobType(name)] = QueueMetrics.TypeMetrics() }
        let labels = ["z": "1", "x": "2"]
        let text = try metrics.prometheusText(labels: labels)
        #expect(text.contains("{x=\"2\",z=\"1\",type=\"a\"}"))
        #expect(try metrics.prometheusText(labels: labels) == text)
    }

    @Test("Q5 pressure sources of one name are one series, with the highest pressure")
    func pressure() throws {
        var metrics = QueueMetrics()
        metrics.pressure = [Fixed(0.2), Fixed(0.7), Fixed(0.4)].map { PressureReading($0) }
        let parsed = try PrometheusParser(metrics.prometheusText())
        #expect(parsed.value("millrace_pressure", ["source": "fixed"]) == 0.7)
    }

    @Test("Q5 the names of metrics are unique, and those of counters and of times end as Prometheus asks")
    func names() {
        #expect(Set(QueueMetric.all.map(\.name)).count == QueueMetric.all.count)
        for metric in QueueMetric.all {
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"))
            #expect((metric.kind == .histogram) == !metric.buckets.isEmpty)
            #expect(metric.buckets == metric.buckets.sorted())
        }
    }

    private struct Fixed: PressureSource {
        let name = "fixed"
        let value: Double

        init(_ value: Double) {
            self.value = value
        }

        func pressure() -> Double { value }
    }
}

@Suite("The reader of the Prometheus tests") struct PrometheusParserTests {
    private static let head = "# HELP a_total x\n# TYPE a_total counter\n"

    @Test("Q5 a sound text is read")
    func sound() throws {
        let parsed = try PrometheusParser(Self.head + "a_total{b=\"c\\n\\\"\\\\\"} 1.5e+2\n")
        #expect(parsed.value("a_total", ["b": "c\n\"\\"]) == 150)
    }

    @Test(
        "Q5 a text that breaks a rule of the format is refused",
        arguments: [
            "a_total 1", "a_total 1\n", "# TYPE a_total counter\n", head + "b 1\n", head + "a_total one\n",
            head + "a_total{b=\"c} 1\n", head + "a_total{b=\"\\t\"} 1\n", head + "a_total 1\na_total 1\n",
            head + "a_total -1\n", head + "a_total{1b=\"c\"} 1\n", head + "a_total{b=\"c\"}1\n", head + head,
            head + "\n", "# HELP a x\n# TYPE a counter\n", "# HELP a x\n# TYPE a summary\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        ])
    func broken(text: String) {
        #expect(throws: PrometheusParser.Fault.self) { try PrometheusParser(text) }
    }
}
