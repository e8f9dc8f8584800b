// Works a queue off in which one job kills its process, among others that do not: `test.sh` starts it again until it
// ends.
//
//     poison DATABASE
//
// The last line says what became of the killer, and how many of the others there are and completed.

import Millrace
import QueueStoreKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

struct Killer: Job {
    static let type: JobType = "killer"
    var uniqueness: Uniqueness { .key("killer") }
}

struct Innocent: Job {
    static let type: JobType = "innocent"
    var number: Int
}

struct KillerWorker: JobExecutor {
    func execute(_ job: Killer, in context: JobContext) async throws {
        // Whoever runs beside it is running when the process goes.
        await Task.yield()
        kill(getpid(), SIGKILL)
    }
}

struct InnocentWorker: JobExecutor {
    func execute(_ job: Innocent, in context: JobContext) async throws {
        for _ in 0..<1000 { await Task.yield() }
    }
}

let path = CommandLine.arguments.dropFirst().first ?? "poison.db"
let queue = try await JobQueue(path: path, concurrency: 4) {
    KillerWorker()
    InnocentWorker()
}
if try await queue.count() == 0 {
    // One transaction: a kill leaves all or none.
    var batch = try (0..<40).map { try queue.submission(of: Innocent(number: $0)) }
    batch.insert(try queue.submission(of: Killer()), at: 1)
    try await queue.submit(batch: batch)
}
try await queue.runUntilIdle()
let jobs = try await queue.jobs(JobQuery(limit: 1000)).jobs
let others = jobs.filter { $0.type != Killer.type }
let faults = try await queue.store.check()
for fault in faults { print(fault) }
if let killer = jobs.first(where: { $0.type == Killer.type }) {
    print(
        "killer \(killer.state) \(killer.crashes), others \(others.count { $0.state == .completed }) of \(others.count) completed"
    )
}
await queue.close()
exit(faults.isEmpty ? 0 : 1)
