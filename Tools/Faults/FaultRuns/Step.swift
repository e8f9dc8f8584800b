package import QueueModel
package import QueueStoreKit

/// One step of a script: something that is done to a store, or to the file that it works on.
package struct Step: Sendable {
    /// A description for people.
    package let name: String
    let action: Action

    enum Action: Sendable {
        /// A call, on the first store or on a second one of the same file. Gives what came of it as a text.
        case call(isSecond: Bool, @Sendable (any JobStore, inout Scene) async throws(QueueError) -> String)
        /// The first store is closed and opened again.
        case reopen
        /// The files become what they were at the beginning of the step, as if the process had been killed, and are
        /// opened again.
        case crash
        /// A second store opens the file, as another process would.
        case openSecond
        case closeSecond
        /// The disk has what was written before.
        case flush
        /// The file is copied into another one, which has to be equal.
        case backup
    }

    package static func call(
        _ name: String, onSecond isSecond: Bool = false,
        _ body: @escaping @Sendable (any JobStore, inout Scene) async throws(QueueError) -> String
    ) -> Step {
        Step(name: name, action: .call(isSecond: isSecond, body))
    }

    static let reopen = Step(name: "close and open again", action: .reopen)
    static let crash = Step(name: "be killed and open again", action: .crash)
    static let openSecond = Step(name: "open a second store", action: .openSecond)
    static let closeSecond = Step(name: "close the second store", action: .closeSecond)
    package static let backup = Step(name: "copy into another file", action: .backup)
    /// A step that makes all that came before it safe from a loss of power.
    static let flush = Step(name: "flush", action: .flush)

    /// Whether it copies the file.
    var isBackup: Bool {
        if case .backup = action { true } else { false }
    }

    /// Whether all that came before it is safe from a loss of power when it has returned.
    var isFlush: Bool {
        if case .flush = action { true } else { false }
    }
}

/// What the steps of a script refer to: the instant, the worker, and what runs.
package struct Scene: Sendable {
    package var now = Timestamp(milliseconds: 1_700_000_000_000)
    var worker = WorkerID(rawValue: 1)
    /// The claimed and unfinished jobs, in the order of their claims.
    var running: [JobRecord] = []

    /// Advances the time.
    mutating func pass(_ seconds: Int) {
        now = now.advanced(by: .seconds(seconds))
    }

    /// Finishes what runs, the first first, claims, and says what came of it.
    mutating func turn(
        _ ends: [Completion.End] = [], claiming limit: Int? = nil, on store: any JobStore
    ) async throws(QueueError) -> String {
        let completions = zip(running, ends).map { record, end in
            Completion(
                id: record.id, attempt: record.attempt, worker: worker, end: end, startedAt: record.startedAt ?? now,
                endedAt: now)
        }
        let request = limit.map { ClaimRequest(worker: worker, limit: $0, rules: .script) }
        let result = try await store.turn(finishing: completions, claiming: request, at: now)
        running.removeFirst(completions.count)
        running += result.claimed
        return "\(result.outcomes) \(result.claimed.map(\.id)) \(say(result.changes))"
    }
}

/// Changes, in an order that says nothing of the way in which a store came to them.
func say(_ changes: [JobChange]) -> String {
    "\(changes.map { "\($0.id) \($0.state)" }.sorted())"
}

extension AdmissionRules {
    /// Lets the types of the scripts through, each in a domain of its own.
    static let script = AdmissionRules(
        generation: 1, types: ["m.a": 0, "n.b": 1], domains: [DomainRule(name: "m"), DomainRule(name: "n")])
}
