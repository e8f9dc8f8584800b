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
    private let sizes = Recorder<Int>()
    private let waits = Recorder<Duration>()
    private let ends = Recorder<(state: JobState, took: Duration)>()

    func batchCommitted(size: Int, took: Duration) { sizes.append(size) }
    func started(type: JobType, waited: Duration) { waits.append(waited) }
    func ended(type: JobType, state: JobState, took: Duration) { ends.append((state, took)) }

    var batches: [Int] { sizes.all }
    var waited: [Duration] { waits.all }
    var ended: [JobState] { ends.all.map(\.state) }
    var took: [Duration] { ends.all.map(\.took) }
}
