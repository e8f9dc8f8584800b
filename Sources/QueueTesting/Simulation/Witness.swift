import QueueModel
import QueueStoreKit
import Synchronization

/// The observer of a simulation: it keeps the log and the audit.
final class Witness: Sendable {
    /// A line of the log, formatted only when it is read.
    struct Line: Sendable {
        var at: Duration
        var wall: Timestamp
        var who: String
        var text: @Sendable () -> String
    }

    private struct State {
        var audit = Audit()
        var lines: [Line] = []
        var isClosed = false
    }

    private let time: ManualTime
    private let state = Mutex(State())

    init(time: ManualTime) {
        self.time = time
    }

    /// Stops recording.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Changes the audit, unless recording has stopped.
    func note<Answer: Sendable>(_ body: (inout Audit) -> Answer) -> Answer? {
        state.withLock { $0.isClosed ? nil : body(&$0.audit) }
    }

    /// Adds a line to the log.
    func log(_ who: String, _ text: @escaping @Sendable () -> String) {
        let line = Line(at: time.clock.now.offset, wall: time.wall.now(), who: who, text: text)
        state.withLock { state in
            if !state.isClosed { state.lines.append(line) }
        }
    }

    /// Records that the callers of submissions received their outcomes.
    func acknowledge(_ outcomes: [SubmitOutcome], to process: SimulatedProcess) {
        note { $0.acknowledge(outcomes) }
        log(process.name) { "acknowledged \(outcomes)" }
    }

    /// Records an event that a subscriber received.
    func take(_ event: JobEvent, of process: SimulatedProcess) {
        if case .ended(let state, _) = event.kind, let id = event.id { note { $0.noteReportedEnd(of: id, state) } }
        log(process.name) { "event \(event.kind)\(event.id.map { " \($0)" } ?? "")" }
    }

    /// Records a violation.
    func report(_ violation: String) {
        note { $0.report(violation) }
    }

    var violations: [String] { state.withLock(\.audit.violations) }
    var hasFound: Bool { state.withLock { !$0.audit.violations.isEmpty } }
    var lines: [Line] { state.withLock(\.lines) }
}

extension Witness.Line: CustomStringConvertible {
    /// The seconds since the start, the wall clock in milliseconds, the process and the event.
    var description: String {
        let (seconds, attoseconds) = at.components
        let fraction = String(attoseconds / 1_000_000_000_000_000)
        let millis = String(repeating: "0", count: 3 - fraction.count) + fraction
        return "\(seconds).\(millis) [\(wall.milliseconds)] \(who): \(text())"
    }
}
