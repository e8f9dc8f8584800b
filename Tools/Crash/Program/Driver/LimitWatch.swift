import QueueModel
import QueueStorage
import QueueStoreKit
import Synchronization

/// Looks all the time how many jobs of each group the file says to run, in one snapshot each (invariant I5).
final class LimitWatch: Sendable {
    private let path: String
    private let isStopped = Atomic(false)
    private let count = Atomic(0)

    init(path: String) {
        self.path = path
    }

    /// Ends the watch.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// The number of checks so far.
    var samples: Int { count.load(ordering: .relaxed) }

    /// Watches until it is stopped, and returns what exceeded a limit.
    func run() async throws -> [String] {
        let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(readOnly: true))
        var excesses: [String] = []
        while !isStopped.load(ordering: .relaxed) {
            for (group, limit) in Load.groups {
                let running = try await store.count(JobQuery(states: [.running], group: group))
                count.add(1, ordering: .relaxed)
                if running > limit {
                    excesses.append("I5: the file had \(running) running jobs of \(group), the limit is \(limit)")
                }
            }
            try await Task.sleep(for: .microseconds(500))
        }
        await store.close()
        return excesses
    }
}
