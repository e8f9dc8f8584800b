import QueueModel
import QueueStoreKit

/// The pauses in force and the last ones that were lifted.
struct PauseTable: Sendable {
    /// Pauses that were not lifted, in the order in which they were set; some may have run out.
    private var current: [Period] = []
    /// The last pauses that were lifted.
    private var past: [Period] = []

    private struct Period: Sendable {
        var pause: Pause
        var since: Timestamp
        /// When the pause was lifted.
        var lifted: Timestamp?
    }

    /// Sets a pause; it replaces one of the same target and reason.
    mutating func add(_ pause: Pause, at now: Timestamp, _ report: inout CommitReport) {
        lift(at: now) { !$0.isInForce(at: now) || $0.target == pause.target && $0.reason == pause.reason }
        current.append(Period(pause: pause, since: now))
        report.changedPauses = true
    }

    /// Lifts the pauses of a target with a reason, or with any reason; returns whether there were any.
    mutating func remove(
        _ target: Pause.Target, reason: String?, at now: Timestamp, _ report: inout CommitReport
    ) -> Bool {
        lift(at: now) { !$0.isInForce(at: now) }
        let before = current.count
        lift(at: now) { $0.target == target && (reason == nil || $0.reason == reason) }
        if current.count == before { return false }
        report.changedPauses = true
        // A job that was paused may have any priority.
        report.noteWork(.realtime)
        return true
    }

    private mutating func lift(at now: Timestamp, where isLifted: (Pause) -> Bool) {
        for period in current where isLifted(period.pause) {
            var ended = period
            ended.lifted = min(now, period.pause.until ?? now)
            past.append(ended)
        }
        current.removeAll { isLifted($0.pause) }
        past.removeFirst(max(0, past.count - PauseLog.capacity))
    }

    /// Returns the pauses in force at an instant, in the order in which they were set.
    func inForce(at now: Timestamp) -> [Pause] {
        current.map(\.pause).filter { $0.isInForce(at: now) }
    }

    /// When each target was paused.
    var log: PauseLog {
        var log = PauseLog()
        for period in current + past {
            log.add(period.pause.target, from: period.since, until: period.lifted ?? period.pause.until)
        }
        return log
    }
}
