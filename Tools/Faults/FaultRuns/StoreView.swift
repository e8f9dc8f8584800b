package import QueueModel
package import QueueStoreKit
import QueueTesting

/// The visible state of a store, workers included, to distinguish two instants of a script.
package struct StoreView: Hashable, Sendable {
    private let dump: StoreDump
    private let workers: [StoreSnapshot.WorkerStatus]

    /// The instant as of which all views are taken, so that those of different steps can be compared: after every
    /// script.
    private static let instant = Timestamp(milliseconds: 1_800_000_000_000)

    /// Reads a store.
    package init(of store: any JobStore) async throws(QueueError) {
        dump = try await StoreDump(of: store, at: Self.instant)
        workers = try await store.snapshot(of: .script, at: Self.instant).workers.map { worker in
            var worker = worker
            // A store in memory has none to report.
            worker.process = nil
            return worker
        }
    }

    /// The number of jobs.
    package var jobs: Int { dump.jobs.count }

    /// Returns the differences from another view, one line each.
    package func differences(from other: StoreView) -> [String] {
        dump.differences(from: other.dump)
            + (workers == other.workers ? [] : ["workers: \(workers) ≠ \(other.workers)"])
    }
}
