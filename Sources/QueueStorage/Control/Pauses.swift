import QueueModel
import QueueStoreKit

/// The pauses of the queue, of domains and of groups.
struct Pauses: StoreComponent {
    let context: StoreContext

    func pause(_ pause: Pause, at now: Timestamp) throws(QueueError) {
        try deleteLapsed(at: now)
        try delete(pause.target, reason: pause.reason, at: now)
        let row = try session.statement(.insertPause)
        let (scope, name) = Self.columns(of: pause.target)
        row.bind(scope, at: .scope)
        row.bind(name, at: .name)
        row.bind(pause.reason, at: .reason)
        row.bind(pause.until?.milliseconds, at: .until)
        row.bind(now.milliseconds, at: .now)
        row.bind(pause.stopsRunning ? 1 : 0, at: .stops)
        try row.run()
        try load()
        context.report.changedPauses = true
    }

    /// Reads the pauses that are stored, and the times of those that were lifted.
    func load() throws(QueueError) {
        context.pauses.replaceAll(with: try session.pauses(), log: try session.pauseLog())
    }

    func resume(_ target: Pause.Target, reason: String?, at now: Timestamp) throws(QueueError) -> Bool {
        try deleteLapsed(at: now)
        let wasHeld = try delete(target, reason: reason, at: now)
        try load()
        context.report.changedPauses = context.report.changedPauses || wasHeld
        // Whatever was held may be as urgent as can be.
        if wasHeld { context.report.noteWork(0) }
        return wasHeld
    }

    /// Deletes pauses, and records how long they lasted; returns whether there was one.
    @discardableResult
    private func delete(_ target: Pause.Target, reason: String?, at now: Timestamp) throws(QueueError) -> Bool {
        let (scope, name) = Self.columns(of: target)
        let past = try session.statement(.notePast)
        past.bind(scope, at: 1)
        past.bind(name, at: 2)
        past.bind(reason, at: 3)
        past.bind(now.milliseconds, at: 4)
        try past.run()
        let row = try session.statement(.deletePause)
        row.bind(scope, at: 1)
        row.bind(name, at: 2)
        row.bind(reason, at: 3)
        try row.run()
        return session.connection.changes > 0
    }

    private func deleteLapsed(at now: Timestamp) throws(QueueError) {
        try session.run(.noteLapsed, now.milliseconds)
        try session.run(.deleteLapsed, now.milliseconds)
        try session.run(.trimPast)
    }

    private static func columns(of target: Pause.Target) -> (scope: Int64, name: String) {
        switch target {
        case .queue: (0, "")
        case .domain(let name): (1, name)
        case .group(let name): (2, name)
        }
    }

    /// Whether pauses were added or lifted since the last call.
    func othersHaveChanged() -> Bool {
        defer { context.seenPauses = context.pauses.version }
        return context.seenPauses != context.pauses.version
    }
}

extension Session {
    /// All stored pauses, in the order in which they were added.
    func pauses() throws(QueueError) -> [Pause] {
        var pauses: [Pause] = []
        let row = try statement(.pauses)
        while try row.step() {
            pauses.append(
                Pause(
                    try Self.target(row.int64(0), row.text(1)), reason: row.text(2), until: row.timestamp(3),
                    stopsRunning: row.int64(5) != 0))
        }
        return pauses
    }

    /// The times for which parts of the queue were paused, by stored pauses and by those that were lifted.
    func pauseLog() throws(QueueError) -> PauseLog {
        var log = PauseLog()
        let present = try statement(.pauses)
        while try present.step() {
            log.add(
                try Self.target(present.int64(0), present.text(1)), from: Timestamp(milliseconds: present.int64(4)),
                until: present.timestamp(3))
        }
        let past = try statement(.pastPauses)
        while try past.step() {
            log.add(
                try Self.target(past.int64(0), past.text(1)), from: Timestamp(milliseconds: past.int64(2)),
                until: past.timestamp(3))
        }
        return log
    }

    private static func target(_ scope: Int64, _ name: String) throws(QueueError) -> Pause.Target {
        switch scope {
        case 0: .queue
        case 1: .domain(name)
        case 2: .group(name)
        default: throw QueueError(.invalidRow, "a scope in the table pause can't be read")
        }
    }
}
