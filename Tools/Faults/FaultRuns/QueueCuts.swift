package import FaultVFS
import Millrace
package import QueueStorage
import QueueStoreKit

/// A queue that was run on a file, and what a queue finds after the power has failed.
///
/// Under `.full` it has to find what had returned or was told; under `.normal` what is gone is a tail: of two
/// transactions of which one had returned before the other began, the second is not there without the first. A killed
/// process loses nothing either way.
package struct QueueCuts: CutPlay {
    package let events: [FileEvent]
    private let entries: [Ledger.Entry]
    private let durability: SQLiteStoreOptions.Durability
    private let database: String
    /// The number of entries in the ledger.
    private var seen = 0

    /// What was found in files: what the file has, and what is wrong with how a queue goes on with it.
    package struct Finding: Sendable {
        fileprivate var state: QueueState?
        fileprivate var problems: [String] = []
    }

    /// Runs a queue from its beginning to its end.
    package init(_ durability: SQLiteStoreOptions.Durability) async throws {
        let directory = try Directory()
        let recorder = FileRecorder()
        let ledger = Ledger(recorder)
        try FaultVFS.attach(recorder, to: directory.path)
        defer { FaultVFS.detach(from: directory.path) }
        let script = QueueScript(directory: directory, durability: durability, ledger: ledger) { _ in false }
        try await script.run()
        self.durability = durability
        events = recorder.events
        entries = ledger.entries
        database = directory.database
    }

    package mutating func note(_ mark: Int) {
        seen = mark
    }

    package func judge(_ finding: Finding, after cut: PowerCut, _ result: inout CutResult) -> [String] {
        guard let state = finding.state else { return finding.problems }
        var missing: [(place: Int, entry: Ledger.Entry)] = []
        var lastBeginning = 0
        for (place, entry) in entries.prefix(seen).enumerated() {
            switch entry {
            // It may be there since then, and no earlier.
            case .submitting, .completing: if state.has(entry) { lastBeginning = place }
            case .submitted, .completed: if !state.has(entry) { missing.append((place, entry)) }
            }
        }
        let mayMiss = durability == .normal && cut != .everything
        let wrong = missing.filter { !mayMiss || $0.place < lastBeginning }
        if wrong.isEmpty, !missing.isEmpty {
            result.shortened += 1
            result.longestTail = max(result.longestTail, missing.count)
        }
        return finding.problems + wrong.map { "\($0.entry) is gone" }
    }

    package func look(at files: [String: [UInt8]], in directory: Directory) async -> Finding {
        directory.clear()
        for (path, bytes) in files { Directory.write(bytes, to: directory.database + path.dropFirst(database.count)) }
        var finding = Finding()
        do {
            let store = try await SQLiteJobStore(at: .file(directory.database))
            let state = try await QueueState(of: store)
            await store.close()
            finding.state = state
            finding.problems = state.problems
            finding.problems += try await goOn(directory)
        } catch {
            finding.problems.append("\(error)")
        }
        return finding
    }

    /// Runs the remaining jobs of a queue.
    ///
    /// What ran when the power failed runs for ever here: its worker is this very process, which is alive.
    private func goOn(_ directory: Directory) async throws -> [String] {
        let script = QueueScript(directory: directory, durability: .normal, ledger: Ledger()) { _ in false }
        let queue = try await script.open()
        try await queue.runUntilIdle()
        let left = try await queue.jobs(JobQuery(states: [.pending, .blocked, .preempted]))
        await queue.close()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let state = try await QueueState(of: store)
        await store.close()
        return state.problems + left.jobs.map { "\($0.id) is left as \($0.state)" }
    }
}
