import QueueDispatch
import QueueModel
import QueueTesting
import Synchronization
import Testing

@Suite struct RunningTests {
    @Test("L1 a submitted job runs and ends as completed")
    func submittedJobCompletes() async throws {
        let ran = Mutex<[String]>([])
        let queue = try JobQueue(store: MemoryJobStore(), configuration: .test()) {
            Worker { job, _ in ran.withLock { $0.append(job.name) } }
        }
        let outcome = try await queue.submit(Work(name: "a"))
        try await queue.runUntilIdle()
        #expect(ran.withLock { $0 } == ["a"])
        let record = try #require(try await queue.job(outcome.id))
        #expect(record.state == .completed)
        #expect(record.attempt == 1)
    }

    @Test("L3 many jobs each run once and all ends are recorded")
    func manyJobs() async throws {
        let ran = Mutex<[String: Int]>([:])
        let queue = try JobQueue(store: MemoryJobStore(), configuration: .test(concurrency: 8)) {
            Worker { job, _ in ran.withLock { $0[job.name, default: 0] += 1 } }
        }
        try await queue.submit(contentsOf: (0..<500).map { Work(name: "\($0)") })
        try await queue.runUntilIdle()
        #expect(ran.withLock { $0.count } == 500)
        #expect(ran.withLock { $0.values.allSatisfy { $0 == 1 } })
        #expect(try await queue.counts()[.completed] == 500)
        #expect(queue.figures.attempts == 500)
    }
}
