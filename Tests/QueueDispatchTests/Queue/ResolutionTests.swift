import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Synchronization
import Testing

/// Where a setting was said: the order is that of rule S2.
private enum Level: Int, CaseIterable, Sendable {
    case submission, type, domain, queue, builtIn

    /// Options that can be told from those of the other levels.
    var options: JobOptions {
        let seconds = Duration.seconds(rawValue + 1)
        return JobOptions(
            priority: Priority(rawValue: UInt8(rawValue)), retry: .constant(seconds, retries: rawValue + 1),
            group: "\(self)", timeout: seconds, timeToLive: seconds,
            onDuplicate: [.skip, .rerun, .supersede, .reject][rawValue % 4], failFast: rawValue.isMultiple(of: 2),
            expectedIO: IOAmount(diskRead: Int64(rawValue)), tags: [Tag("level", "\(self)"), Tag("\(self)", "")])
    }
}

/// The type's own options are static, and what a test says of them is bound to its task.
private struct Leveled: Job {
    static let type: JobType = "leveled"
    @TaskLocal static var own = JobOptions()
    static var options: JobOptions { own }
}

private struct LeveledWorker: JobExecutor {
    @concurrent func execute(_ job: Leveled, in context: JobContext) async throws { throw PlainError() }
}

@Suite("Defaults") struct ResolutionTests {
    /// What is stored when all levels from one on say something, and what is nearer to the submission nothing.
    private func record(from level: Level) async throws -> JobRecord {
        var rig = Rig()
        let speaks = { (other: Level) in other.rawValue >= level.rawValue && other != .builtIn }
        if speaks(.queue) { rig.configuration.defaults = Level.queue.options }
        let queue = try Leveled.$own.withValue(speaks(.type) ? Level.type.options : JobOptions()) {
            try rig.queue {
                Domain("d") { LeveledWorker() }.defaults(speaks(.domain) ? Level.domain.options : JobOptions())
            }
        }
        var options = SubmitOptions()
        if speaks(.submission) { options.settings = Level.submission.options }
        let outcome = try await queue.submit(Leveled(), options)
        return try #require(try await queue.job(outcome.id))
    }

    @Test("S2 what is stored is taken from the nearest level that says it", arguments: Level.allCases)
    fileprivate func nearest(level: Level) async throws {
        let record = try await record(from: level)
        guard level != .builtIn else {
            #expect(record.priority == .normal)
            #expect(record.group == nil)
            #expect(record.expiresAt == nil)
            #expect(record.failFast)
            #expect(record.expectedIO == nil)
            #expect(record.tags.isEmpty)
            return
        }
        let options = level.options
        #expect(record.priority == options.priority)
        #expect(record.group == options.group)
        #expect(record.expiresAt == options.timeToLive.map { record.submittedAt.advanced(by: $0) })
        #expect(record.failFast == options.failFast)
        #expect(record.expectedIO == options.expectedIO)
        #expect(record.tags.first { $0.key == "level" }?.value == "\(level)")
        #expect(record.tags.count == 1 + Level.allCases.count - 1 - level.rawValue)
    }

    @Test("S2 only a submission's own retry policy and time limit are stored", arguments: Level.allCases)
    fileprivate func lateSettings(level: Level) async throws {
        let record = try await record(from: level)
        #expect(record.retry == (level == .submission ? level.options.retry : nil))
        #expect(record.timeout == (level == .submission ? level.options.timeout : nil))
    }

    @Test("S2 the retry policy and the duplicate strategy count from the nearest level", arguments: Level.allCases)
    fileprivate func retryPolicy(level: Level) async throws {
        var rig = Rig()
        let speaks = { (other: Level) in other.rawValue >= level.rawValue && other != .builtIn }
        func options(_ other: Level) -> JobOptions {
            guard speaks(other) else { return JobOptions() }
            // As many retries as the level's number, at once; a strategy that all levels but the nearest would refuse with.
            return JobOptions(
                retry: .immediate(retries: other.rawValue), onDuplicate: other == level ? .supersede : .reject)
        }
        rig.configuration.defaults = options(.queue)
        let queue = try Leveled.$own.withValue(options(.type)) {
            try rig.queue { Domain("d") { LeveledWorker() }.defaults(options(.domain)) }
        }
        var submit = SubmitOptions(uniqueness: .key("k"))
        submit.settings = options(.submission)
        let first = try await queue.submit(Leveled(), submit)
        let second = try await queue.submit(Leveled(), submit)
        guard level != .builtIn else {
            #expect(second == .duplicate(of: first.id))
            return
        }
        #expect(second == .superseded(old: first.id, by: second.id))
        try await queue.runUntilIdle()
        #expect(try await queue.inspector.attempts(of: second.id).count == level.rawValue + 1)
        #expect(try await queue.job(second.id)?.state == .deadLettered)
    }

    @Test("S2 a domain's later defaults come before its earlier ones")
    func domainDefaultsAdd() async throws {
        let queue = try Rig().queue {
            Domain("d") { Worker() }
                .defaults(JobOptions(priority: .idle, group: "a"))
                .defaults(JobOptions(priority: .high))
        }
        let submission = try queue.submission(of: Work())
        #expect(submission.priority == .high)
        #expect(submission.group == "a")
    }
}
