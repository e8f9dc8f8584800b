import Foundation
import Millrace
import QueueStoreKit
import Testing

/// The code of Documentation/Operating.md, run.
@Suite("Guide: operating")
struct OperatingTests {
    struct Ping: Job {
        static let type: JobType = "ping"
        static let options = JobOptions(retry: RetryPolicy.none, group: "net")
        var host: String
    }

    struct Pinger: JobExecutor {
        func execute(_ job: Ping, in context: JobContext) async throws {
            if job.host == "down" { throw JobError.retryable("no answer") }
        }
    }

    @Test("Settings are given when the queue is made, and the file belongs to its owner alone")
    func settings() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let queue = try await JobQueue(path: path, concurrency: 16, durability: .full) { configuration in
            configuration.groups["net"] = GroupRule(limit: 4)
            configuration.otherGroups = GroupRule(limit: 8, scope: .worker)
            configuration.retention = RetentionPolicy(maximumCount: 10_000, maximumAge: .seconds(7 * 86_400))
            configuration.shutdownTimeLimit = .seconds(10)
        } domains: {
            Pinger()
        }
        try await queue.submit(Ping(host: "up"))
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 1)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        await queue.close()
    }

    @Test("D8 a hold keeps a group back until the last is lifted")
    func holds() async throws {
        let queue = try await JobQueue { Pinger() }
        try await queue.submit(contentsOf: [Ping(host: "a"), Ping(host: "b")])
        try await queue.pause(.group("net"), reason: "maintenance")
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.pending] == 2)
        #expect(try await queue.pauses() == [Pause(.group("net"), reason: "maintenance")])
        try await queue.resume(.group("net"), reason: "maintenance")
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 2)
        await queue.close()
    }

    @Test("D3 limits change while the queue runs")
    func limits() async throws {
        let queue = try await JobQueue { Domain("net") { Pinger() }.concurrency(2) }
        try queue.limits.setConcurrency(32)
        try queue.limits.setConcurrency(4, ofDomain: "net")
        try queue.limits.setRule(GroupRule(limit: 1), ofGroup: "net")
        #expect(throws: QueueError.self) { try queue.limits.setConcurrency(0) }
        await queue.close()
    }

    @Test("A queue can be looked at")
    func look() async throws {
        let queue = try await JobQueue { Pinger() }
        try await queue.submit(contentsOf: ["up", "down"].map { Ping(host: $0) })
        try await queue.runUntilIdle()
        var log: [String] = []
        let counts = try await queue.counts()
        let letters = try await queue.jobs(JobQuery(states: [.deadLettered], order: .lastFinishedFirst))
        for job in letters.jobs {
            for attempt in try await queue.inspector.attempts(of: job.id) {
                log.append("\(job.type) \(attempt.number): \(attempt.failure?.message ?? "")")
            }
        }
        log.append("\(counts.active) active, \(counts.terminal) ended, \(queue.counters.attempts) attempts here")
        #expect(log == ["ping 1: no answer", "0 active, 2 ended, 2 attempts here"])
        await queue.close()
    }

    @Test("Q2 what has become of the jobs of a type is counted")
    func statistics() async throws {
        let queue = try await JobQueue { Pinger() }
        try await queue.submit(contentsOf: ["up", "down", "up"].map { Ping(host: $0) })
        try await queue.runUntilIdle()
        var log: [String] = []
        if let pings = try await queue.inspector.statistics(of: "ping") {
            log.append("\(pings.ended[.completed]) answers, \(pings.failures) failures, \(pings.retries) retries")
            log.append("p95 \(pings.durations.p95 ?? .zero), waited \(pings.meanWait ?? .zero)")
            log.append("\(pings.throughput.minute) a second")
        }
        let types = try await queue.inspector.statistics()
        try await queue.inspector.resetStatistics(of: "ping")
        #expect(log.count == 3)
        #expect(log.first == "2 answers, 1 failures, 0 retries")
        #expect(types.map(\.type) == ["ping"])
        #expect(try await queue.inspector.statistics(of: "ping") == nil)
        await queue.close()
    }

    @Test("Q2 a snapshot has the whole of a queue, and can be encoded")
    func snapshot() async throws {
        let queue = try await JobQueue { configuration in
            configuration.groups["net"] = GroupRule(limit: 4)
        } domains: {
            Pinger()
        }
        try await queue.submit(contentsOf: ["a", "b"].map { Ping(host: $0) })
        var log: [String] = []
        let snapshot = try await queue.snapshot()
        log.append("\(snapshot.counts[.pending]) pending, the oldest for \(snapshot.oldestPendingAge ?? .zero)")
        for group in snapshot.groups {
            let slots = group.limit.map { " of \($0)" } ?? ""
            log.append("\(group.name ?? "no group"): \(group.counts.due) due, \(group.running)\(slots) running")
        }
        for job in snapshot.running {
            log.append("\(job.id) \(job.type) \(Int((job.progress?.fraction ?? 0) * 100)) %")
        }
        let json = try JSONEncoder().encode(snapshot)
        #expect(log.first?.hasPrefix("2 pending, the oldest for ") == true)
        #expect(log.dropFirst() == ["net: 2 due, 0 of 4 running"])
        #expect(try JSONDecoder().decode(QueueSnapshot.self, from: json) == snapshot)
        await queue.close()
    }

    @Test("Q2 what waits for what can be asked")
    func relations() async throws {
        let queue = try await JobQueue { Pinger() }
        let fetch = try await queue.submit(Ping(host: "a")).id
        let report = try await queue.submit(Ping(host: "b"), SubmitOptions(dependencies: [.job(fetch)])).id
        let awaited = try await queue.inspector.dependencies(of: report, open: true)
        let waiting = try await queue.inspector.dependents(of: fetch, open: true, limit: 100)
        #expect(awaited.map(\.id) == [fetch])
        #expect(waiting.map(\.id) == [report])
        await queue.close()
    }

    @Test("Q1 many jobs are cancelled, moved, retried and purged by a query")
    func many() async throws {
        let queue = try await JobQueue { Pinger() }
        try await queue.submit(contentsOf: (0..<3).map { Ping(host: "\($0)") }, SubmitOptions(tags: [Tag("run", "7")]))
        try await queue.submit(Ping(host: "down"), SubmitOptions(group: "slow"))
        try await queue.bulk.cancel(where: JobQuery(tags: [Tag("run", "7")]))
        try await queue.bulk.cancel(where: JobQuery(tagKeyPrefix: "import.")) { $0.retries > 2 }
        try await queue.bulk.setPriority(.high, where: JobQuery(group: "slow"))
        try await queue.bulk.move(toGroup: "net", where: JobQuery(group: "slow"))
        #expect(try await queue.count(JobQuery(group: "net", priorities: .high ... .high)) == 1)
        #expect(try await queue.counts()[.cancelled] == 3)
        try await queue.runUntilIdle()

        let letters = JobQuery(states: [.deadLettered], types: ["ping"])
        let result = try await queue.bulk.resubmit(where: letters)
        try await queue.bulk.deleteEnded(where: letters)
        #expect(result == JobQueue.BulkResult(changed: 1))
        #expect(try await queue.counts()[.pending] == 1)
        #expect(try await queue.counts()[.deadLettered] == 0)
        #expect(try await queue.inspector.tagValues(of: "run") == [Tag.Count("7", count: 3)])
        #expect(try await queue.inspector.tagKeys(prefix: "r") == [Tag.Count("run", count: 3)])
        await queue.close()
    }

    @Test("Q9 a queue can be looked at by a tool, and copied, while it is open")
    func tools() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let copy = directory.file("copy.db")
        let queue = try await JobQueue(path: path) { Pinger() }
        try await queue.submit(Ping(host: "up"))
        let tool = try await JobQueue(readingPath: path)
        let waiting = try await tool.counts()[.pending]
        try await tool.backup(to: copy)
        #expect(waiting == 1)
        await #expect(throws: QueueError.self) { try await tool.cancel(JobID(1)) }
        await #expect(throws: QueueError.self) { try await tool.run() }
        await tool.close()
        await queue.close()
        let restored = try await JobQueue(path: copy) { Pinger() }
        try await restored.runUntilIdle()
        #expect(try await restored.counts()[.completed] == 1)
        await restored.close()
    }

    @Test("A store can be checked, flushed and cleaned")
    func upkeep() async throws {
        let directory = try TemporaryDirectory()
        let queue = try await JobQueue(path: directory.file("jobs.db")) { Pinger() }
        try await queue.submit(contentsOf: (0..<20).map { Ping(host: "\($0)") })
        try await queue.runUntilIdle()
        let faults = try await queue.store.check()
        try await queue.store.flush()
        let now = SystemWallClock().now()
        let deleted = try await queue.store.prune(RetentionPolicy(maximumCount: 5), limit: 1000, at: now)
        #expect(faults == [])
        #expect(deleted == 15)
        await queue.close()
    }

    @Test("Q8 what is no queue is refused, and left as it was")
    func foreign() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let text = Data("This is not a database, and must not become one.".utf8)
        try text.write(to: URL(filePath: path))
        var log: [String] = []
        do {
            let queue = try await JobQueue(path: path) { Pinger() }
            await queue.close()
        } catch {
            switch error.code {
            case .notAQueue, .corrupt: log.append("choose another file: \(error.message)")
            case .newerSchema: log.append("update the program: \(error.message)")
            case .permission, .readOnly: log.append("mend the permissions: \(error.message)")
            default: log.append("\(error)")
            }
        }
        #expect(log.count == 1)
        #expect(log[0].hasPrefix("choose another file"))
        #expect(try Data(contentsOf: URL(filePath: path)) == text)
    }
}
