import QueueModel
import QueueStorage
import QueueStoreKit

private let now = Timestamp(milliseconds: 1_700_000_000_000)

/// Submits jobs and prints the id of each when it was stored.
///
/// The log is short, so that it is copied into the file often.
func submitAll(in directory: String) async throws {
    let options = SQLiteStoreOptions(durability: .full, walPageLimit: 16)
    let store = try await SQLiteJobStore(at: .file("\(directory)/queue.db"), options: options)
    print("open")
    flush()
    for _ in 0..<200 {
        let outcome = try await store.submit(JobSubmission(type: "work", payload: [1, 2, 3]), at: now)
        print(outcome.id.rawValue)
        flush()
    }
    await store.close()
}

/// Prints the ids of the jobs in the file; `false` if something is wrong with it.
func check(_ directory: String) async throws -> Bool {
    let store = try await SQLiteJobStore(at: .file("\(directory)/queue.db"))
    let found = try await store.ids(JobQuery(order: .oldestFirst, limit: JobQuery.limits.upperBound))
    for id in found.ids { print(id.rawValue) }
    let faults = try await store.check()
    for fault in faults { complain(fault) }
    await store.close()
    return faults.isEmpty
}
