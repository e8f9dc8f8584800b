import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Registration") struct RegistrationTests {
    private func code(@Domain.Builder _ domains: () -> [Domain]) -> QueueError.Code? {
        do throws(QueueError) {
            _ = try JobQueue(store: MemoryJobStore(), configuration: .test(), domains: domains)
            return nil
        } catch {
            return error.code
        }
    }

    private struct Former: Job {
        static let type: JobType = "present"
        static let aliases: [JobType] = ["former", "older"]
        var name = "x"
    }

    private struct FormerWorker: JobExecutor {
        @concurrent func execute(_ job: Former, in context: JobContext) async throws {}
    }

    private struct Opaque: Sendable {}

    private struct OpaqueWorker: JobExecutor {
        @concurrent func execute(_ job: Work, in context: JobContext) async throws -> Opaque { Opaque() }
    }

    /// A type whose settings or names each test chooses.
    private struct Odd: Job {
        static let type: JobType = "odd"
        static var options: JobOptions { JobOptions(timeout: .zero) }
    }

    private struct Nameless: Job {
        static let type: JobType = ""
    }

    private struct Short: Job {
        static let type: JobType = "short"
        static var options: JobOptions { JobOptions(timeToLive: .zero) }
    }

    private struct Back: Job {
        static let type: JobType = "back"
        static let version = -1
    }

    @Test("S10 a job is stored under its domain and type, and found by either worker of the domain")
    func storedType() async throws {
        let queue = try Rig().queue {
            Domain("media") { Worker() }
            OtherWorker()
        }
        let work = try await queue.submit(Work())
        let other = try await queue.submit(Other())
        #expect(try await queue.job(work.id)?.type == "media.work")
        #expect(try await queue.job(other.id)?.type == "other")
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 2)
    }

    @Test("S10 what contradicts itself is refused when the queue is made")
    func contradictions() {
        #expect(
            code {
                Worker(); Worker()
            } == .invalidRegistration)
        #expect(
            code {
                Domain("a") { Worker() }; Domain("a") { OtherWorker() }
            } == .invalidRegistration)
        #expect(
            code {
                Domain("a") {
                    Worker(); Worker()
                }
            } == .invalidRegistration)
        #expect(code { Domain("a.b") { Worker() } } == .invalidRegistration)
        #expect(code { OpaqueWorker() } == .invalidRegistration)
        #expect(code { Domain("a\0") { Worker() } } == .invalidText)
        #expect(code { Domain(String(repeating: "x", count: 513)) { Worker() } } == .invalidText)
        // 510 bytes, a dot and four more are too many for a stored type.
        #expect(code { Domain(String(repeating: "x", count: 510)) { Worker() } } == .invalidText)
        #expect(code { Domain("a") { Worker() }.concurrency(0) } == .invalidOption)
        #expect(code { Domain("a") { Worker() }.defaults(JobOptions(timeout: .zero)) } == .invalidOption)
        #expect(
            code { Domain("a") { Worker() }.defaults(JobOptions(retry: .immediate(retries: -1))) } == .invalidOption)
        #expect(code { Domain("a") { Worker() }.defaults(JobOptions(timeToLive: .zero)) } == .invalidOption)
        #expect(code { ExecutorRegistration.submitting(Odd.self) } == .invalidOption)
        #expect(code { ExecutorRegistration.submitting(Short.self) } == .invalidOption)
        #expect(code { ExecutorRegistration.submitting(Back.self) } == .invalidOption)
        #expect(code { ExecutorRegistration.submitting(Nameless.self) } == .invalidText)
    }

    @Test("S10 what does not contradict itself is accepted")
    func accepted() {
        #expect(code { Worker() } == nil)
        #expect(code {} == nil)
        #expect(
            code {
                Domain("a") { Worker() }; Domain("b") { Worker() }; Worker()
            } == nil)
        #expect(
            code {
                Domain("a") { Worker() }.concurrency(1); OtherWorker()
            } == nil)
    }

    @Test("S7 a type that is not registered can't be submitted")
    func unknownType() async throws {
        let queue = try Rig().queue { Domain("media") { Worker() } }
        await expect(failing: .unknownJobType) { try await queue.submit(Other()) }
        await expect(failing: .unknownJobType) { try await queue.submit(Work(), SubmitOptions(domain: "audio")) }
        let error = await expect(failing: .unknownJobType) {
            try await queue.submit(batch: [JobSubmission(type: "media.work"), JobSubmission(type: "work")])
        }
        #expect(error?.index == 1)
        #expect(try await queue.counts() == StateCounts())
    }

    @Test("S7 a payload of several domains needs the domain to be named")
    func ambiguous() async throws {
        let queue = try Rig().queue {
            Domain("a") { Worker() }
            Domain("b") { Worker() }
        }
        await expect(failing: .ambiguousJobType) { try await queue.submit(Work()) }
        let outcome = try await queue.submit(Work(), SubmitOptions(domain: "b"))
        #expect(try await queue.job(outcome.id)?.type == "b.work")
    }

    @Test("S10 stored jobs of a former name run under the present one", arguments: ["former", "older", "present"])
    func aliases(name: String) async throws {
        let rig = Rig()
        let queue = try rig.queue { Domain("media") { FormerWorker() } }
        let payload = try TestCoder().encode(Former())
        let outcome = try await rig.memory.submit(
            JobSubmission(type: JobType("media.\(name)"), payload: payload), at: rig.now)
        #expect(try await queue.inspector.unknownTypes().isEmpty)
        try await queue.runUntilIdle()
        #expect(try await queue.job(outcome.id)?.state == .completed)
    }

    @Test("S7 a queue that only submits leaves the jobs to other workers")
    func submitOnly() async throws {
        let rig = Rig()
        let submitter = try rig.queue { Domain("media") { ExecutorRegistration.submitting(Work.self) } }
        let runner = try rig.queue { Domain("media") { Worker() } }
        let outcome = try await submitter.submit(Work())
        try await submitter.runUntilIdle()
        #expect(try await submitter.job(outcome.id)?.state == .pending)
        #expect(try await submitter.inspector.unknownTypes() == ["media.work": 1])
        try await runner.runUntilIdle()
        #expect(try await submitter.job(outcome.id)?.state == .completed)
    }

    @Test("E1 builders take conditions and loops", arguments: [true, false])
    func builders(flag: Bool) async throws {
        let queue = try Rig().queue {
            for name in ["a", "b"] {
                Domain(name) {
                    if flag { Worker() }
                    for _ in 0..<1 { OtherWorker() }
                }
            }
            if flag { Worker() } else { OtherWorker() }
        }
        let hasWork = (try? queue.submission(of: Work(), SubmitOptions(domain: "a"))) != nil
        #expect(hasWork == flag)
        #expect(try queue.submission(of: Other(), SubmitOptions(domain: "b")).type == "b.other")
    }
}
