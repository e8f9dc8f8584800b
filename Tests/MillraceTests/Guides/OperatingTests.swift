import Foundation
import Millrace
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
        try queue.setConcurrency(32)
        try queue.setConcurrency(4, ofDomain: "net")
        try queue.setRule(GroupRule(limit: 1), ofGroup: "net")
        #expect(throws: QueueError.self) { try queue.setConcurrency(0) }
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
            for attempt in try await queue.attempts(of: job.id) {
                log.append("\(job.type) \(attempt.number): \(attempt.failure?.message ?? "")")
            }
        }
        log.append("\(counts.active) active, \(counts.terminal) ended, \(queue.figures.attempts) attempts here")
        #expect(log == ["ping 1: no answer", "0 active, 2 ended, 2 attempts here"])
        await queue.close()
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

    @Test("Every code block of the guide is in this file")
    func blocks() throws {
        try Repository.expectBlocks(of: "Documentation/Operating.md", in: #filePath, atLeast: 5)
    }
}
