import Foundation
import Millrace
import QueueStoreKit
import Synchronization
import Testing

/// The code of Documentation/LimitsAndPressure.md, run.
@Suite("Guide: limits and pressure")
struct LimitsAndPressureTests {
    struct Fetch: Job {
        static let type: JobType = "fetch"
        static let rateLimit: RateLimit? = .perSecond(10, burst: 3)
        static let options = JobOptions(group: "api.example.com")
        var page: Int
    }

    struct Copy: Job {
        static let type: JobType = "copy"
        var path: String
    }

    /// Stops the queue when it has fetched so much that a limit has to hold the next one back.
    struct Fetcher: JobExecutor {
        let stopsAfter: Int

        func execute(_ job: Fetch, in context: JobContext) async throws {
            if job.page == stopsAfter { context.queue.shutdown() }
        }
    }

    /// Asks why the job after it does not run, and stops the queue.
    final class Copier: JobExecutor {
        let answers = Mutex<[String]>([])

        func execute(_ job: Copy, in context: JobContext) async throws {
            let explanation = try await context.queue.explain(JobID(context.id.rawValue + 1))
            answers.withLock { $0.append("\(explanation)") }
            context.queue.shutdown()
        }
    }

    struct Strained: PressureSource {
        let name: String
        let value: Double
        func pressure() -> Double { value }
    }

    // MARK: Concurrency

    @Test("D3 limits of the queue, of a domain and of groups are settings, and can change while it runs")
    func concurrency() async throws {
        let queue = try await JobQueue(inMemory: 16) { configuration in
            configuration.groups["api.example.com"] = GroupRule(limit: 4)
            configuration.groups["gpu"] = GroupRule(limit: 1, scope: .worker)
            configuration.otherGroups = GroupRule(limit: 8)
        } domains: {
            Domain("net") { Fetcher(stopsAfter: 0) }.concurrency(12)
        }
        try queue.limits.setConcurrency(32)
        try queue.limits.setConcurrency(4, ofDomain: "net")
        try queue.limits.setRule(GroupRule(limit: 2, rate: .perMinute(30)), ofGroup: "api.example.com")
        #expect(throws: QueueError.self) { try queue.limits.setRule(GroupRule(limit: -1), ofGroup: "gpu") }
        await queue.close()
    }

    // MARK: Rates

    @Test("D4 the arithmetic of a bucket is that of the guide")
    func bucket() {
        var bucket = TokenBucket()
        let limit = RateLimit.perSecond(10, burst: 3)
        let now = Timestamp(milliseconds: 0)
        #expect(bucket.tokens(of: limit, at: now) == 3)
        for _ in 0..<3 { bucket.take(of: limit, at: now) }
        #expect(bucket.nextToken(of: limit, at: now) == Timestamp(milliseconds: 100))
        #expect(bucket.tokens(of: limit, at: Timestamp(milliseconds: 299)) == 2)
        #expect(bucket.tokens(of: limit, at: Timestamp(milliseconds: 300)) == 3)
        #expect(bucket.tokens(of: limit, at: Timestamp(milliseconds: 60_000)) == 3)
    }

    @Test(
        "D4 a limit without a burst has as many as a second brings",
        arguments: [
            (RateLimit.perSecond(100), 100, 10 as Int64), (.perMinute(3000), 50, 20), (.perMinute(30), 1, 2000),
            (.perHour(100), 1, 36_000),
        ])
    func bursts(_ limit: RateLimit, _ burst: Int, _ spacing: Int64) {
        #expect(limit.burst == burst)
        var bucket = TokenBucket()
        let now = Timestamp(milliseconds: 0)
        for _ in 0..<burst { bucket.take(of: limit, at: now) }
        #expect(bucket.nextToken(of: limit, at: now) == Timestamp(milliseconds: spacing))
    }

    @Test("D4 D14 a job that a rate holds back says so, and when its token comes")
    func rate() async throws {
        let clock = HandClock()
        let queue = try await JobQueue(inMemory: 1) { configuration in
            configuration.wallClock = clock
        } domains: {
            Fetcher(stopsAfter: 3)
        }
        let jobs = try await queue.submit(contentsOf: (1...5).map { Fetch(page: $0) })
        try await queue.run()
        #expect(try await queue.counts()[.completed] == 3)
        let explanation = try await queue.explain(jobs[3].id)
        #expect(explanation.blocks.map(\.gate) == [.typeRate])
        #expect(explanation.blocks.first?.until == clock.now().advanced(by: .milliseconds(100)))
        #expect(
            explanation.description == """
                #4 fetch is pending
                - the queue does not run
                - rate limit of fetch: no token left (10 per 1.0 seconds, burst 3)
                """)
        try queue.limits.setRateLimit(.perSecond(50), of: Fetch.self)
        try queue.limits.setRateLimit(nil, of: Fetch.self)
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 5)
        await queue.close()
    }

    // MARK: Holds

    @Test("D8 holds have reasons and ends, and a group moves when the last is lifted")
    func holds() async throws {
        let clock = HandClock()
        let queue = try await JobQueue(inMemory: 1) {
            $0.wallClock = clock
        } domains: {
            Fetcher(stopsAfter: 0)
        }
        try await queue.submit(Fetch(page: 1))
        let night = clock.now().advanced(by: .seconds(8 * 3600))
        try await queue.pause(.group("api.example.com"), reason: "quota", until: night)
        try await queue.pause(.group("api.example.com"), reason: "incident 42")
        try await queue.resume(.group("api.example.com"), reason: "incident 42")
        #expect(try await queue.pauses() == [Pause(.group("api.example.com"), reason: "quota", until: night)])
        #expect(try await queue.inspector.peek() == nil)
        clock.advance(by: .seconds(8 * 3600))
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 1)
        await queue.close()
    }

    // MARK: Pressure

    /// A backlog of one's own.
    struct UploadPressure: PressureSource {
        let name = "uploads"
        let waiting: @Sendable () -> Int
        func pressure() -> Double { Double(waiting()) / 500 }
    }

    @Test("D9 sources and thresholds are settings, and what they tell can be shown")
    func pressure() async throws {
        let queue = try await JobQueue(inMemory: 8) { configuration in
            configuration.pressure = [
                .cpu, .memory(every: .seconds(5)), .disk(bytesPerSecond: 400_000_000),
                .network(bytesPerSecond: 125_000_000), UploadPressure { 100 },
            ]
            configuration.pressurePolicy = PressurePolicy([
                .holdBack(.background, above: 0.6), .holdBack(.normal, above: 0.9),
            ])
            configuration.ioBudget = IOBudget(.system)
        } domains: {
            Copier()
        }
        var log: [String] = []
        for reading in queue.inspector.pressure() where reading.isAvailable {
            log.append("\(reading.name): \(Int(reading.value * 100)) %")
        }
        #expect(log.contains("uploads: 20 %"))
        await queue.close()
    }

    @Test(
        "D9 the default thresholds are those of the guide",
        arguments: [(0.5, 255), (0.51, 191), (0.75, 191), (0.76, 127), (1.0, 127)] as [(Double, UInt8)])
    func thresholds(_ pressure: Double, _ least: UInt8) {
        #expect(PressurePolicy.default.leastPriority(at: pressure).rawValue == least)
    }

    // MARK: IO

    @Test("D10 the budget is a share of what the machine moves in a window")
    func budget() throws {
        let budget = IOBudget(.system)
        let amount = budget.amount(at: IOAmount(diskRead: 50_000_000))
        #expect(amount.diskRead == 80_000_000)
        #expect(amount.diskWritten == .max)
        // Jobs are judged by sizes in steps, never below the size that was given.
        #expect(IOSize(IOAmount(diskRead: 30_000_000)).amount.diskRead == 33_554_432)
    }

    // MARK: Explaining

    @Test("D14 an explanation names each gate with its figures")
    func explain() async throws {
        let copier = Copier()
        let queue = try await JobQueue(inMemory: 1) { configuration in
            configuration.pressure = [Strained(name: "memory", value: 0.8)]
            configuration.groups["s3"] = GroupRule(limit: 1, rate: .perMinute(1))
        } domains: {
            Domain("files") { copier }.concurrency(1)
        }
        try await queue.submit(Copy(path: "a.img"), SubmitOptions(priority: .high, group: "s3"))
        try await queue.submit(Copy(path: "b.img"), SubmitOptions(group: "s3"))
        try await queue.run()
        let guide = try Repository.text("Documentation/LimitsAndPressure.md")
        let answer = try #require(copier.answers.withLock { $0.first })
        #expect(guide.contains(answer.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")), "\(answer)")
        await queue.close()
    }
}
