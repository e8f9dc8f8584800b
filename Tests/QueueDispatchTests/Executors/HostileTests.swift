import Foundation
import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

/// An error that is an object.
private final class ObjectError: Error, CustomStringConvertible {
    let description = "an object"
}

/// An error that can be changed, holds on to others like it, and to itself.
private final class HoldingError: Error, CustomStringConvertible, @unchecked Sendable {
    // Written before it is thrown, and by nobody afterwards.
    private var owner: HoldingError?

    init() { owner = self }

    var description: String { owner === self ? "holds its owner" : "is alone" }
}

/// What an executor returns that no coder takes.
private struct Unspeakable: Codable, Sendable {
    func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "it has no words"))
    }
}

private struct Riddle: Job {
    static let type: JobType = "riddle"
}

private struct RiddleWorker: JobExecutor {
    @concurrent func execute(_ job: Riddle, in context: JobContext) async throws -> Unspeakable { Unspeakable() }
}

@Suite("Executors that do not behave") struct HostileTests {
    // MARK: What they throw and return

    /// Errors of all makes, and what is kept of them.
    private static let errors: [(any Error & Sendable, String)] = [
        (ObjectError(), "an object"),
        (NSError(domain: "d", code: 7, userInfo: [NSLocalizedDescriptionKey: "of Foundation"]), "of Foundation"),
        (JobError.retryable(""), ""),
        (JobError.retryable("a\0b"), "a\0b"),
        (JobError.retryable(String(repeating: "x", count: 1 << 20)), String(repeating: "x", count: 4096)),
        // One character, larger than all that is kept.
        (JobError.retryable("e" + String(repeating: "\u{301}", count: 1 << 16)), "e\u{301}"),
        (HoldingError(), "holds its owner"),
    ]

    @Test("E2 whatever is thrown is retried, kept and told, however it is made or described", arguments: 0..<7)
    func errors(number: Int) async throws {
        let (error, kept) = Self.errors[number]
        let queue = try Rig().queue { Worker { _, _ in throw error } }
        let id = try await queue.submit(Work(), SubmitOptions(retry: .constant(.zero, retries: 1))).id
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(id))
        #expect(record.state == .deadLettered)
        #expect(record.attempt == 2)
        let message = try #require(record.failure?.message)
        #expect(
            kept.isEmpty
                ? message.isEmpty : message.unicodeScalars.starts(with: kept.unicodeScalars) || message.contains(kept))
        #expect(message.utf8.count <= JobFailure.messageBytes)
    }

    @Test("E2 a delay without measure is as long as time, and one that is negative is none")
    func delays() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { job, context in
                if context.attempt > 1 { return }
                switch job.name {
                case "snooze": throw JobError.snooze(for: .seconds(Int64.max))
                case "retry": throw JobError.retryable("late", after: .seconds(Int64.max))
                default: throw JobError.retryable("early", after: .seconds(Int64.min))
                }
            }
        }
        let snoozed = try await queue.submit(Work("snooze")).id
        let retried = try await queue.submit(Work("retry")).id
        let early = try await queue.submit(Work("early")).id
        try await whileRunning(queue) {
            try await queue.expectEnd(of: early, .completed)
            for id in [snoozed, retried] {
                while try await queue.job(id)?.runAfter == nil { await Task.yield() }
                #expect(try await queue.job(id)?.state == .pending)
                #expect(try await queue.cancel(id) == .cancelled([]))
            }
        }
    }

    @Test("E1 an output that can't be encoded fails its job for good, with the reason")
    func output() async throws {
        let queue = try Rig().queue { RiddleWorker() }
        let id = try await queue.submit(Riddle()).id
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(id))
        #expect(record.state == .failed)
        #expect(record.attempt == 1)
        #expect(record.failure?.kind == .permanent)
        #expect(record.failure?.message.contains("it has no words") == true)
    }

    @Test("E4 a finalize that throws is retried, and its children are not run again")
    func finalizing() async throws {
        let tries = Recorder<Int>()
        let queue = try Rig().queue {
            MatryoshkaWorker(refused: Recorder()) { context in
                tries.append(context.attempt)
                throw PlainError()
            }
            Worker()
        }
        let id = try await queue.submit(Matryoshka(width: 0), SubmitOptions(retry: .constant(.zero, retries: 2))).id
        _ = try await queue.submit(Work(), SubmitOptions(parent: id))
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.state == .deadLettered)
        #expect(tries.all == [2, 3, 4])
        #expect(try await queue.count(JobQuery(parent: id)) == 1)
    }

    // MARK: What they do not heed

    @Test("E6 an executor that ignores its cancellation holds up nobody but itself, and `run()` until it returns")
    func deaf() async throws {
        let rig = Rig(concurrency: 2)
        let gate = Gate()
        let queue = try rig.queue {
            Worker { job, _ in if job.name == "deaf" { await gate.passUncancelled() } }
        }
        let deaf = try await queue.submit(Work("deaf")).id
        let ended = Flag()
        async let run: Void = {
            try await queue.run()
            ended.isSet = true
        }()
        await gate.arrivals(1)
        guard case .requested = try await queue.cancel(deaf) else {
            Issue.record("the job was not asked to stop")
            return
        }
        for name in ["a", "b", "c"] {
            try await queue.expectEnd(of: try await queue.submit(Work(name)).id, .completed)
        }
        #expect(try await queue.job(deaf)?.state == .running)
        queue.shutdown(within: .zero)
        try await rig.advance { !rig.log.lines(.warning, containing: "the queue can't end").isEmpty }
        #expect(rig.log.lines(.warning, containing: "#1 work").count == 1)
        #expect(!ended.isSet)
        gate.open()
        try await run
        #expect(try await queue.job(deaf)?.state == .cancelled)
    }

    @Test("E3 an executor that ignores its time limit and throws in the end counts as timed out")
    func late() async throws {
        let rig = Rig()
        let gate = Gate()
        let contexts = Recorder<JobContext>()
        let queue = try rig.queue {
            Worker { _, context in
                contexts.append(context)
                await gate.passUncancelled()
                throw PlainError()
            }
        }
        let options = SubmitOptions(retry: RetryPolicy.none, timeout: .seconds(5))
        let id = try await queue.submit(Work(), options).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(50))
            while contexts.all.first?.cancellation != .timedOut { await Task.yield() }
            gate.open()
            try await queue.expectEnd(of: id, .deadLettered)
        }
        #expect(try await queue.job(id)?.failure?.kind == .timedOut)
    }

    @Test("C8 what is submitted while the queue drains is stored, and runs with the next run")
    func draining() async throws {
        let queue = try Rig().queue {
            Worker { job, context in
                if job.name != "first" { return }
                context.queue.shutdown(within: .seconds(10))
                try await context.queue.submit(Work("second"))
                try await context.spawn(Work("third"))
            }
        }
        let first = try await queue.submit(Work("first")).id
        try await queue.run()
        #expect(try await queue.job(first)?.state == .waiting)
        #expect(try await queue.counts()[.pending] == 2)
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 3)
    }

    @Test("E1 an executor can't run its own queue once more")
    func running() async throws {
        let codes = Recorder<QueueError.Code?>()
        let queue = try Rig().queue {
            Worker { _, context in
                do { try await context.queue.runUntilIdle() } catch { codes.append((error as? QueueError)?.code) }
            }
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(codes.all == [.alreadyRunning])
    }
}
