import QueueBackoff
import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

/// A job that has a result.
private struct Measure: Job, Hashable {
    static let type: JobType = "measure"
    var text: String
}

/// Counts the characters of a text; an empty one is an error, a long one returns itself that often.
private struct Measurer: JobExecutor {
    struct Size: Codable, Hashable, Sendable {
        var count: Int
        var copies: [String] = []
    }

    func execute(_ job: Measure, in context: JobContext) async throws -> Size {
        if job.text.isEmpty { throw JobError.permanent("nothing to measure") }
        return Size(count: job.text.count, copies: job.text.count > 100 ? [job.text, job.text] : [])
    }
}

@Suite("Results") struct ResultTests {
    @Test("Q3 a result is there for who asks before, while and after its job runs")
    func result() async throws {
        let queue = try Rig().queue { Measurer() }
        let id = try await queue.submit(Measure(text: "abc")).id
        async let early = queue.result(of: id, as: Measurer.Size.self)
        try await queue.runUntilIdle()
        #expect(try await early == Measurer.Size(count: 3))
        #expect(try await queue.result(of: id, as: Measurer.Size.self).count == 3)
        #expect(try await queue.result(of: id, from: Measurer.self).count == 3)
        try await queue.result(of: id)
    }

    @Test("Q3 thousands may wait, each for its own job")
    func many() async throws {
        let queue = try Rig(concurrency: 8).queue { Measurer() }
        let texts = (1...2000).map { String(repeating: "x", count: $0 % 50 + 1) }
        let outcomes = try await queue.submit(contentsOf: texts.map { Measure(text: $0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (outcome, text) in zip(outcomes, texts) {
                group.addTask {
                    let size = try await queue.result(of: outcome.id, from: Measurer.self)
                    #expect(size.count == text.count)
                }
            }
            try await queue.runUntilIdle()
            try await group.waitForAll()
        }
    }

    @Test("Q3 an end that another queue records is found by looking")
    func elsewhere() async throws {
        let rig = Rig()
        let asking = try rig.queue { ExecutorRegistration.submitting(Measure.self) }
        let running = try rig.queue { Measurer() }
        let id = try await asking.submit(Measure(text: "abcd")).id
        let answered = Flag()
        async let size = {
            let size = try await asking.result(of: id, from: Measurer.self)
            answered.isSet = true
            return size
        }()
        try await running.runUntilIdle()
        try await rig.advance { answered.isSet }
        #expect(try await size.count == 4)
    }

    @Test(
        "Q3 a job that ends otherwise throws how it ended",
        arguments: [JobState.failed, .deadLettered, .cancelled, .superseded, .expired, .dependencyFailed])
    func otherEnds(state: JobState) async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Measurer()
            Worker { job, _ in throw job.name == "bad" ? JobError.permanent("bad") : JobError.retryable("passing") }
        }
        let id: JobID
        switch state {
        case .failed:
            id = try await queue.submit(Measure(text: "")).id
        case .deadLettered:
            id = try await queue.submit(Work("a"), SubmitOptions(retry: RetryPolicy.none)).id
        case .cancelled:
            id = try await queue.submit(Measure(text: "a")).id
            _ = try await queue.cancel(id)
        case .superseded:
            id = try await queue.submit(Measure(text: "a"), SubmitOptions(uniqueness: .key("k"))).id
            try await queue.submit(
                Measure(text: "b"), SubmitOptions(onDuplicate: .supersede, uniqueness: .key("k")))
        case .expired:
            id = try await queue.submit(Measure(text: "a"), SubmitOptions(timeToLive: .seconds(1))).id
            rig.time.advance(by: .seconds(2))
        default:
            let bad = try await queue.submit(Work("bad")).id
            id = try await queue.submit(Measure(text: "a"), SubmitOptions(dependencies: [.job(bad)])).id
        }
        async let early: Result<Measurer.Size, any Error> = {
            do { return .success(try await queue.result(of: id, as: Measurer.Size.self)) } catch {
                return .failure(error)
            }
        }()
        try await queue.runUntilIdle()
        let later = await #expect(throws: JobEndError.self) { try await queue.result(of: id) }
        #expect(later?.state == state)
        #expect(later?.job.id == id)
        let result = await early
        #expect(throws: JobEndError.self) { try result.get() }
        #expect(try await queue.endedJob(id).state == state)
    }

    @Test("Q3 a wait that is cancelled ends at once, and leaves nothing behind")
    func cancellation() async throws {
        let queue = try Rig().queue { Measurer() }
        let id = try await queue.submit(Measure(text: "a")).id
        let wait = Task { try await queue.endedJob(id) }
        while !queue.hasSubscribers { await Task.yield() }
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
        #expect(!queue.hasSubscribers)
    }

    @Test("Q3 a queue that is closed ends those who wait")
    func closed() async throws {
        let queue = try Rig().queue { Measurer() }
        let id = try await queue.submit(Measure(text: "a")).id
        let wait = Task { try await queue.endedJob(id) }
        while !queue.hasSubscribers { await Task.yield() }
        await queue.close()
        await expect(failing: .closed) { try await wait.value }
    }

    @Test("Q3 what can't be had is said by its code")
    func codes() async throws {
        let queue = try Rig().queue {
            Measurer()
            Worker()
        }
        await expect(failing: .unknownJob) { try await queue.result(of: JobID(99)) }
        let plain = try await queue.submit(Work()).id
        let measure = try await queue.submit(Measure(text: "a")).id
        try await queue.runUntilIdle()
        await expect(failing: .outputNotDecodable) { try await queue.result(of: plain, as: Int.self) }
        await expect(failing: .outputNotDecodable) { try await queue.result(of: measure, as: [Int].self) }
        await expect(failing: .unknownJobType) { try await queue.result(of: plain, from: Measurer.self) }
        try await queue.result(of: plain, from: Worker.self)
    }

    @Test("E1 an output above the limit fails its job for good, with the reason")
    func outputLimit() async throws {
        var rig = Rig()
        rig.configuration.outputBytes = 200
        let queue = try rig.queue { Measurer() }
        let large = try await queue.submit(Measure(text: String(repeating: "x", count: 101))).id
        let small = try await queue.submit(Measure(text: String(repeating: "x", count: 100))).id
        try await queue.runUntilIdle()
        #expect(try await queue.result(of: small, from: Measurer.self).count == 100)
        let error = await #expect(throws: JobEndError.self) { try await queue.result(of: large) }
        #expect(error?.state == .failed)
        #expect(error?.failure?.kind == .permanent)
        let message = try #require(error?.failure?.message)
        #expect(message.hasPrefix("the output has ") && message.hasSuffix(" bytes, the limit is 200"))
    }

    @Test("E1 the limit of outputs has a range", arguments: [-1, 1 << 30 + 1])
    func limitRange(bytes: Int) async throws {
        var rig = Rig()
        rig.configuration.outputBytes = bytes
        await expect(failing: .invalidOption) { try rig.queue { Measurer() } }
    }

    @Test("E1 a job finds what its dependencies have returned")
    func dependencies() async throws {
        let found = Recorder<Int>()
        let queue = try Rig().queue {
            Measurer()
            Worker { _, context in
                for job in try await context.dependencies() {
                    found.append(try context.output(of: job, as: Measurer.Size.self)?.count ?? -1)
                }
            }
        }
        let ids = try await queue.submit(contentsOf: ["a", "bb", "ccc"].map { Measure(text: $0) }).map(\.id)
        try await queue.submit(Work(), SubmitOptions(dependencies: ids.map { .job($0) }))
        try await queue.runUntilIdle()
        #expect(found.all == [1, 2, 3])
    }
}

extension JobQueue {
    /// Whether anybody waits for the end of a job.
    fileprivate var hasSubscribers: Bool { core.events.wants(.ended) }
}
