import QueueModel
import QueueStoreKit
import Synchronization

/// Sees all that happens in a simulation: keeps the log, and judges.
final class Witness: Sendable {
    /// One line of the log; its text is made when somebody reads it.
    struct Line: Sendable {
        var at: Duration
        var wall: Timestamp
        var who: String
        var text: @Sendable () -> String
    }

    private struct State {
        var book = AuditBook()
        var lines: [Line] = []
        var isClosed = false
    }

    private let time: ManualTime
    private let state = Mutex(State())

    init(time: ManualTime) {
        self.time = time
    }

    /// Sees nothing any more.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Changes the book, unless all is over.
    func note<Answer: Sendable>(_ body: (inout AuditBook) -> Answer) -> Answer? {
        state.withLock { $0.isClosed ? nil : body(&$0.book) }
    }

    /// Adds a line to the log.
    func log(_ who: String, _ text: @escaping @Sendable () -> String) {
        let line = Line(at: time.clock.now.offset, wall: time.wall.now(), who: who, text: text)
        state.withLock { state in
            if !state.isClosed { state.lines.append(line) }
        }
    }

    /// Notes that the callers of submissions were told what became of them.
    func acknowledge(_ outcomes: [SubmitOutcome], to process: SimulatedProcess) {
        note { $0.acknowledge(outcomes) }
        log(process.name) { "acknowledged \(outcomes)" }
    }

    /// Takes an event that a subscriber was given.
    func take(_ event: JobEvent, of process: SimulatedProcess) {
        if case .ended(let state, _) = event.kind, let id = event.id { note { $0.tell(id, state) } }
        log(process.name) { "event \(event.kind)\(event.id.map { " \($0)" } ?? "")" }
    }

    /// Says that something is wrong.
    func blame(_ violation: String) {
        note { $0.blame(violation) }
    }

    var violations: [String] { state.withLock(\.book.violations) }
    var hasFound: Bool { state.withLock { !$0.book.violations.isEmpty } }
    var lines: [Line] { state.withLock(\.lines) }
}

extension Witness.Line: CustomStringConvertible {
    /// Seconds since the start and the wall clock's milliseconds, who, what.
    var description: String {
        let (seconds, attoseconds) = at.components
        let fraction = String(attoseconds / 1_000_000_000_000_000)
        let millis = String(repeating: "0", count: 3 - fraction.count) + fraction
        return "\(seconds).\(millis) [\(wall.milliseconds)] \(who): \(text())"
    }
}
