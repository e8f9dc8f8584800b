import CrashAudit
import QueueModel
import QueueStorage
import QueueStoreKit

/// Reads all that a file has, while nobody works on it or while others do.
struct FileAudit {
    let path: String

    /// All jobs, and what `check()` says.
    func read() async throws -> (jobs: [StoredJob], faults: [String]) {
        try await withStore { store in
            var jobs: [StoredJob] = []
            var query = JobQuery(order: .oldestFirst, limit: 1000)
            repeat {
                let page = try await store.jobs(query)
                jobs += page.jobs.lazy.map(StoredJob.init)
                query.after = page.next
            } while query.after != nil
            return (jobs, try await store.check())
        }
    }

    /// What the file says of attempts that may have ended before their executors did: the time of the end on the
    /// monotonic clock.
    func ends(of jobs: Set<JobID>) async throws -> [(id: JobID, attempt: Int, at: Int64)] {
        let offset = System.wallNow() - System.now()
        return try await withStore { store in
            var ends: [(id: JobID, attempt: Int, at: Int64)] = []
            for id in jobs.sorted() {
                for attempt in try await store.attempts(of: id) {
                    guard let end = attempt.endedAt else { continue }
                    ends.append((id, attempt.number, end.milliseconds * 1_000_000 - offset))
                }
            }
            return ends
        }
    }

    private func withStore<Answer>(_ body: (SQLiteJobStore) async throws -> Answer) async throws -> Answer {
        let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(readOnly: true))
        do {
            let answer = try await body(store)
            await store.close()
            return answer
        } catch {
            await store.close()
            throw error
        }
    }
}
