import QueueModel
import Synchronization

/// Keeps log lines.
final class LogRecorder: LogSink {
    private let state = Mutex<[(level: LogLevel, line: String)]>([])

    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        let line = message()
        state.withLock { $0.append((level, line)) }
    }

    /// The lines of a level that contain a text.
    func lines(_ level: LogLevel, containing text: String = "") -> [String] {
        state.withLock { $0.filter { $0.level == level && (text.isEmpty || $0.line.contains(text)) }.map(\.line) }
    }
}

/// A list that many tasks append to.
final class Recorder<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])

    func append(_ element: Element) {
        state.withLock { $0.append(element) }
    }

    var all: [Element] { state.withLock { $0 } }
}

/// Counts how many are inside at once, by name, and the most that ever were.
final class Crowd: Sendable {
    private struct State {
        var now: [String: Int] = [:]
        var most: [String: Int] = [:]
    }

    private let state = Mutex(State())

    func enter(_ name: String = "") {
        state.withLock { state in
            let count = state.now[name, default: 0] + 1
            state.now[name] = count
            state.most[name] = max(state.most[name, default: 0], count)
        }
    }

    func leave(_ name: String = "") {
        state.withLock { $0.now[name, default: 0] -= 1 }
    }

    func most(_ name: String = "") -> Int { state.withLock { $0.most[name, default: 0] } }
}

/// A pressure that a test sets.
final class Strain: PressureSource {
    let name = "test"
    private let value = Mutex(0.0)

    func pressure() -> Double { value.withLock { $0 } }

    func set(_ pressure: Double) {
        value.withLock { $0 = pressure }
    }
}

/// Something that a test turns on or off.
final class Flag: Sendable {
    private let state: Mutex<Bool>

    init(_ isSet: Bool = false) {
        state = Mutex(isSet)
    }

    var isSet: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// Keeps the figures that a queue reports.
final class MetricsRecorder: MetricsSink {
    /// One call.
    struct Entry: Sendable, Equatable {
        var metric: QueueMetric
        var value: Double
        var labels: [QueueMetric.Label]
    }

    private let entries = Recorder<Entry>()

    func add(_ amount: Int, to counter: QueueMetric, _ labels: [QueueMetric.Label]) {
        entries.append(Entry(metric: counter, value: Double(amount), labels: labels))
    }

    func set(_ gauge: QueueMetric, to value: Double, _ labels: [QueueMetric.Label]) {
        entries.append(Entry(metric: gauge, value: value, labels: labels))
    }

    func observe(_ value: Double, in histogram: QueueMetric, _ labels: [QueueMetric.Label]) {
        entries.append(Entry(metric: histogram, value: value, labels: labels))
    }

    /// What was reported of a metric.
    func entries(of metric: QueueMetric) -> [Entry] { entries.all.filter { $0.metric == metric } }
    /// The values that were reported of a metric.
    func values(of metric: QueueMetric) -> [Double] { entries(of: metric).map(\.value) }
    /// What the attempts led to, one after the other.
    var ended: [String] { entries(of: .attempts).compactMap { $0.labels.last?.value } }
    /// The metrics of which anything was reported.
    var metrics: Set<QueueMetric> { Set(entries.all.map(\.metric)) }
}
