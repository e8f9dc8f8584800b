package import FaultVFS
import Millrace
package import QueueStorage
import QueueStoreKit
import Synchronization

/// A queue on a file whose calls go wrong by a plan: it has to try again by itself, and in the end everything is done
/// once.
package struct QueueFaultRun: FaultPlay {
    private let durability: SQLiteStoreOptions.Durability
    private let directory: Directory

    /// Creates a run in a directory of its own.
    package init(_ durability: SQLiteStoreOptions.Durability) throws {
        self.durability = durability
        directory = try Directory()
    }

    /// The total number of retried calls before the queue counts as broken.
    private static let patience = 200

    /// Runs a queue from the beginning to its end.
    package func run(_ plan: FaultPlan) async throws -> FaultReport {
        directory.clear()
        let injector = FaultInjector(plan)
        try FaultVFS.attach(injector, to: directory.path)
        defer { FaultVFS.detach(from: directory.path) }
        let report = Mutex(FaultReport())
        let ledger = Ledger()
        let script = QueueScript(directory: directory, durability: durability, ledger: ledger) { error in
            report.withLock { report in
                guard let error = error as? QueueError, report.errors.values.reduce(0, +) < Self.patience else {
                    return false
                }
                report.note(error, "a call", injector)
                return report.problems.isEmpty
            }
        }
        do {
            try await script.run()
        } catch {
            report.withLock { $0.problems.append("the queue does not get over it: \(error)") }
        }
        injector.lift()
        var result = report.withLock { $0 }
        result.calls = injector.counted
        result.fired = injector.fired
        if result.problems.isEmpty { result.problems += await verify(ledger) }
        return result
    }

    private func verify(_ ledger: Ledger) async -> [String] {
        do {
            let store = try await SQLiteJobStore(at: .file(directory.database))
            let state = try await QueueState(of: store)
            await store.close()
            var problems = state.problems + state.unfinished.map { "\($0) is not completed" }
            if state.count != QueueScript.jobs.count { problems.append("there are \(state.count) jobs") }
            for job in QueueScript.jobs {
                guard let label = job.label, let id = state.ids[label] else { continue }
                let told = ledger.entries.count { $0 == .completed(id) }
                if told != 1 { problems.append("\(label) was told as completed \(told) times") }
            }
            return problems
        } catch {
            return ["the file can't be read: \(error)"]
        }
    }
}
