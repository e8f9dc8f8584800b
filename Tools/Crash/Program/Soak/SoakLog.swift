import CrashAudit
import Synchronization

/// What is kept of a load that runs for hours: what its calls threw, and how long submissions took since somebody asked
/// last.
final class SoakLog: LoadLog {
    private struct State {
        var failures: [String] = []
        var times: [Int64] = []
        var acknowledged = 0
    }

    private let state = Mutex(State())

    func write(_ entry: LogLine.Entry) {
        switch entry {
        case .failed(let message):
            // A few say it all.
            state.withLock { if $0.failures.count < 20 { $0.failures.append(message) } }
        case .acknowledged(let list):
            state.withLock { $0.acknowledged += list.count }
        default: break
        }
    }

    func submitted(in nanoseconds: Int64) {
        state.withLock { $0.times.append(nanoseconds) }
    }

    var failures: [String] { state.withLock(\.failures) }
    var acknowledged: Int { state.withLock(\.acknowledged) }

    /// The median and the 99th percentile of the times since the last call, in milliseconds.
    func takeTimes() -> (median: Double, p99: Double) {
        let times = state.withLock { state in
            defer { state.times.removeAll(keepingCapacity: true) }
            return state.times
        }.sorted()
        guard !times.isEmpty else { return (0, 0) }
        func milliseconds(_ share: Double) -> Double {
            Double(times[min(times.count - 1, Int(share * Double(times.count)))]) / 1_000_000
        }
        return (milliseconds(0.5), milliseconds(0.99))
    }
}
