import QueueModel
import QueueStoreKit

extension MemoryState {
    /// A hold that lies, or lay.
    struct LaidPause: Sendable {
        var pause: Pause
        /// When it was laid.
        var since: Timestamp
        /// When it was lifted, if it was.
        var lifted: Timestamp?
    }

    mutating func pause(_ pause: Pause, at now: Timestamp, _ effects: inout Effects) {
        lift(at: now) { !$0.isInForce(at: now) || $0.target == pause.target && $0.reason == pause.reason }
        pauses.append(LaidPause(pause: pause, since: now))
        effects.changedPauses = true
    }

    mutating func resume(
        _ target: Pause.Target, reason: String?, at now: Timestamp, _ effects: inout Effects
    ) -> Bool {
        lift(at: now) { !$0.isInForce(at: now) }
        let before = pauses.count
        lift(at: now) { $0.target == target && (reason == nil || $0.reason == reason) }
        if pauses.count == before { return false }
        effects.changedPauses = true
        // Whatever was held may be as urgent as can be.
        effects.noteWork(.realtime)
        return true
    }

    /// Lifts holds, and keeps for how long they lay.
    private mutating func lift(at now: Timestamp, where isLifted: (Pause) -> Bool) {
        for laid in pauses where isLifted(laid.pause) {
            var past = laid
            past.lifted = min(now, laid.pause.until ?? now)
            pastPauses.append(past)
        }
        pauses.removeAll { isLifted($0.pause) }
        pastPauses.removeFirst(max(0, pastPauses.count - PauseLog.capacity))
    }

    /// The holds in force at an instant, in the order in which they were laid.
    func pauses(at now: Timestamp) -> [Pause] {
        pauses.map(\.pause).filter { $0.isInForce(at: now) }
    }

    /// For how long what was held.
    var pauseLog: PauseLog {
        var log = PauseLog()
        for laid in pauses + pastPauses {
            log.add(laid.pause.target, from: laid.since, until: laid.lifted ?? laid.pause.until)
        }
        return log
    }
}
