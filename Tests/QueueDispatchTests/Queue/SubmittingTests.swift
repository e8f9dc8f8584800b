import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// A job with a key, a label and a former form of its own.
private struct Keyed: Job {
    static let type: JobType = "keyed"
    static let version = 3
    var name: String
    var uniqueness: Uniqueness { .key(name) }
    var label: String? { "keyed \(name)" }
}

private struct KeyedWorker: JobExecutor {
    @concurrent func execute(_ job: Keyed, in context: JobContext) async throws {}
}

/// A job that can't be encoded.
private struct Broken: Job {
    static let type: JobType = "broken"
    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] { throw PlainError() }
}

@Suite("Submitting") struct SubmittingTests {
    private func queue(_ rig: Rig = Rig()) throws -> JobQueue {
        try rig.queue {
            Worker()
            KeyedWorker()
            ExecutorRegistration.submitting(Broken.self)
        }
    }

    @Test("S1 what a submission says is stored")
    func fields() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        let parent = try await queue.submit(Work("parent")).id
        let before = try await queue.submit(Work("before")).id
        let id = try await queue.submit(
            Keyed(name: "x"),
            SubmitOptions(
                priority: 7, retry: .constant(.seconds(2)), group: "g", timeout: .seconds(3), timeToLive: .seconds(60),
                failFast: false, expectedIO: IOAmount(diskWritten: 5), tags: [Tag("a", "1")], label: "own",
                runAfter: .delay(.seconds(5)), dependencies: [.job(before)], dependencyPolicy: .ignore, parent: parent)
        ).id
        let record = try #require(try await queue.job(id))
        #expect(record.type == "keyed")
        #expect(record.payload == (try TestCoder().encode(Keyed(name: "x"))))
        #expect(record.payloadVersion == 3)
        #expect(record.priority == 7)
        #expect(record.retry == .constant(.seconds(2)))
        #expect(record.group == "g")
        #expect(record.timeout == .seconds(3))
        #expect(record.expiresAt == rig.now.advanced(by: .seconds(60)))
        #expect(!record.failFast)
        #expect(record.expectedIO == IOAmount(diskWritten: 5))
        #expect(record.tags == [Tag("a", "1")])
        #expect(record.label == "own")
        #expect(record.key == .text("x"))
        #expect(record.runAfter == rig.now.advanced(by: .seconds(5)))
        #expect(record.parent == parent)
        #expect(record.state == .blocked)
        #expect(record.submittedAt == rig.now)
        #expect(try await rig.memory.dependencies(of: id) == [before])
    }

    @Test("S4 uniqueness is the payload's own unless the submission says otherwise")
    func uniqueness() throws {
        let queue = try queue()
        #expect(try queue.submission(of: Work()).key == nil)
        let work = try queue.submission(of: Work(), SubmitOptions(uniqueness: .payload))
        #expect(work.key == .payload(work.payload))
        #expect(try queue.submission(of: Work(), SubmitOptions(uniqueness: .key("k"))).key == .text("k"))
        #expect(try queue.submission(of: Keyed(name: "n")).key == .text("n"))
        #expect(try queue.submission(of: Keyed(name: "n")).label == "keyed n")
        #expect(try queue.submission(of: Keyed(name: "n"), SubmitOptions(uniqueness: Uniqueness.none)).key == nil)
    }

    @Test("S4 equal payloads exclude each other only where it is asked for")
    func uniquePayloads() async throws {
        let queue = try queue()
        let unique = SubmitOptions(uniqueness: .payload)
        let first = try await queue.submit(Work("a"), unique)
        #expect(try await queue.submit(Work("a"), unique) == .duplicate(of: first.id))
        #expect(try await queue.submit(Work("b"), unique).isNew)
        #expect(try await queue.submit(Work("a")).isNew)
    }

    @Test("S1 a start that has come is none, and one in the past neither")
    func runAfter() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        func start(_ runAfter: SubmitOptions.RunAfter) throws -> Timestamp? {
            try queue.submission(of: Work(), SubmitOptions(runAfter: runAfter)).runAfter
        }
        #expect(try start(.delay(.zero)) == nil)
        #expect(try start(.instant(rig.now)) == nil)
        #expect(try start(.instant(.distantPast)) == nil)
        #expect(try start(.instant(.distantFuture)) == .distantFuture)
        #expect(try start(.delay(.milliseconds(1))) == rig.now.advanced(by: .milliseconds(1)))
        await expect(failing: .invalidOption) { try start(.delay(.nanoseconds(-1))) }
    }

    @Test("S7 what can't be encoded, or lives no time, is refused")
    func refused() async throws {
        let queue = try queue()
        let error = await expect(failing: .payloadNotEncodable) { try await queue.submit(Broken()) }
        #expect(error?.underlying is PlainError)
        await expect(failing: .invalidOption) {
            try await queue.submit(Work(), SubmitOptions(timeToLive: .zero))
        }
        await expect(failing: .invalidText) { try await queue.submit(Work(), SubmitOptions(group: "")) }
        await expect(failing: .unknownDependency) {
            try await queue.submit(Work(), SubmitOptions(dependencies: [.job(JobID(99))]))
        }
        await expect(failing: .unknownDependency) {
            try await queue.submit(Work(), SubmitOptions(dependencies: [.submission(0)]))
        }
        await expect(failing: .unknownParent) {
            try await queue.submit(Work(), SubmitOptions(parent: JobID(99)))
        }
        #expect(try await queue.counts() == StateCounts())
    }

    @Test("S7 the queue's payload limit counts")
    func payloadLimit() async throws {
        var rig = Rig()
        rig.configuration.limits.payloadBytes = 20
        let queue = try queue(rig)
        try await queue.submit(Work("a"))
        let long = Work(String(repeating: "a", count: 20))
        await expect(failing: .payloadTooLarge) { try await queue.submit(long) }
        await expect(failing: .payloadTooLarge) {
            try await queue.submit(batch: [JobSubmission(type: "work", payload: [UInt8](repeating: 1, count: 21))])
        }
    }

    @Test("S6 a batch gives an outcome for each in order, and inserts nothing if one is at fault")
    func batch() async throws {
        let queue = try queue()
        let outcomes = try await queue.submit(contentsOf: ["a", "b", "a"].map { Keyed(name: $0) })
        #expect(outcomes == [.inserted(JobID(1)), .inserted(JobID(2)), .duplicate(of: JobID(1))])
        let error = await expect(failing: .invalidText) {
            try await queue.submit(contentsOf: ["c", "d", "", "e"].map { Keyed(name: $0) })
        }
        #expect(error?.index == 2)
        var bad = try queue.submission(of: Work())
        bad.parent = JobID(99)
        let late = await expect(failing: .unknownParent) {
            try await queue.submit(batch: [queue.submission(of: Work()), bad])
        }
        #expect(late?.index == 1)
        #expect(try await queue.counts()[.pending] == 2)
        #expect(try await queue.submit(batch: []).isEmpty)
        #expect(try await queue.submit(contentsOf: [Work]()).isEmpty)
    }

    @Test("S6 submissions of a batch may depend on each other in either direction")
    func batchReferences() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        let outcomes = try await queue.submit(batch: [
            queue.submission(of: Work("b"), SubmitOptions(dependencies: [.submission(1)])),
            queue.submission(of: Work("a")),
            queue.submission(of: Work("c"), SubmitOptions(dependencies: [.submission(0)])),
        ])
        #expect(try await rig.memory.dependencies(of: outcomes[0].id) == [outcomes[1].id])
        #expect(try await rig.memory.dependencies(of: outcomes[2].id) == [outcomes[0].id])
        await expect(failing: .dependencyCycle) {
            try await queue.submit(
                contentsOf: [Work("a"), Work("b")], SubmitOptions(dependencies: [.submission(1)]))
        }
    }
}
