import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// An error of a user's own that says what should become of the job.
private struct OwnError: DisposingError {
    var disposition: JobError.Disposition
}

/// A job whose stored payload a test has written itself.
private struct Strict: Job {
    static let type: JobType = "strict"
    static let version = 2
    var name: String

    static func migrate(_ bytes: [UInt8], from version: Int, with coder: any PayloadCoder) throws -> Strict {
        guard version == 1 else { throw PlainError() }
        return Strict(name: "migrated")
    }
}

private struct StrictWorker: JobExecutor {
    let seen: Recorder<String>

    @concurrent func execute(_ job: Strict, in context: JobContext) async throws { seen.append(job.name) }
}

@Suite("Failures") struct FailureTests {
    /// What an executor throws, and what becomes of the job with two retries left.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let error: any Error
        var delay: Duration?
        var kind: JobFailure.Kind?
        var retries = 1
    }

    private static let again: [Case] = [
        Case(testDescription: "plain error", error: PlainError(), delay: .seconds(7), kind: .retryable),
        Case(testDescription: "cancelled by itself", error: CancellationError(), delay: .seconds(7), kind: .retryable),
        Case(testDescription: "retryable", error: JobError.retryable("x"), delay: .seconds(7), kind: .retryable),
        Case(
            testDescription: "retryable after", error: JobError.retryable("x", after: .seconds(3)), delay: .seconds(3),
            kind: .retryable),
        Case(testDescription: "snooze", error: JobError.snooze(for: .seconds(4)), delay: .seconds(4), retries: 0),
        Case(
            testDescription: "negative snooze", error: JobError.snooze(for: .seconds(-4)), delay: .zero, retries: 0),
        Case(
            testDescription: "own error", error: OwnError(disposition: .retryable(after: .seconds(5))),
            delay: .seconds(5), kind: .retryable),
        Case(
            testDescription: "own snooze", error: OwnError(disposition: .snooze(.seconds(6))), delay: .seconds(6),
            retries: 0),
    ]

    @Test("E2 what an error says decides when the job is tried again", arguments: again)
    func tryingAgain(_ each: Case) async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker { _, context in if context.attempt == 1 { throw each.error } } }
        let told = queue.events(.attempts)
        let id = try await queue.submit(Work(), SubmitOptions(retry: .constant(.seconds(7), retries: 2))).id
        try await whileRunning(queue) {
            let event = await told.first { _ in true }
            let start = rig.now.advanced(by: each.delay ?? .zero)
            if let kind = each.kind {
                guard case .retrying(at: start, let failure)? = event?.kind else {
                    Issue.record("\(String(describing: event)) came")
                    return
                }
                #expect(failure.kind == kind)
            } else {
                #expect(event?.kind == .snoozed(until: start))
            }
            if let delay = each.delay, delay > .zero {
                #expect(try await queue.job(id)?.runAfter == start)
                rig.time.advance(by: delay - .milliseconds(1))
                let marker = try await queue.submit(Work("marker"), SubmitOptions(runAfter: .delay(.zero))).id
                // The marker fails at first, too; it has been claimed when that is told.
                _ = await told.first { _ in true }
                #expect(try await queue.job(id)?.state == .pending)
                try await queue.cancel(marker)
                rig.time.advance(by: .milliseconds(1))
            }
            try await queue.expectEnd(of: id, .completed)
        }
        let record = try await queue.job(id)
        #expect(record?.attempt == 2)
        #expect(record?.retries == each.retries)
        let failures = try await queue.inspector.attempts(of: id).map(\.failure?.kind)
        #expect(failures == [each.kind ?? .snoozed, nil])
    }

    @Test(
        "E2 a permanent error fails the job at once",
        arguments: [
            JobError.permanent("no") as any Error & Sendable, OwnError(disposition: .permanent),
        ])
    func permanent(error: any Error & Sendable) async throws {
        let queue = try Rig().queue { Worker { _, _ in throw error } }
        let id = try await queue.submit(Work()).id
        let events = queue.events(of: id)
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(id))
        #expect(record.state == .failed)
        #expect(record.failure == JobFailure(.permanent, "\(error)"))
        #expect(record.retries == 0)
        #expect(await events.kinds() == [.started(attempt: 1), .ended(.failed, record.failure)])
    }

    @Test(
        "E2 a payload that can't be decoded fails for good, and is kept",
        arguments: [([1, 2, 3], 2), ([], 0), ([], 3)])
    func undecodable(payload: [UInt8], version: Int) async throws {
        let rig = Rig()
        let queue = try rig.queue { StrictWorker(seen: Recorder()) }
        let outcome = try await rig.memory.submit(
            JobSubmission(type: "strict", payload: payload, payloadVersion: version), at: rig.now)
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(outcome.id))
        #expect(record.state == .failed)
        #expect(record.failure?.kind == .undecodable)
        #expect(record.payload == payload)
    }

    @Test("S10 a payload of an earlier version is migrated")
    func migration() async throws {
        let rig = Rig()
        let seen = Recorder<String>()
        let queue = try rig.queue { StrictWorker(seen: seen) }
        _ = try await rig.memory.submit(JobSubmission(type: "strict", payload: [], payloadVersion: 1), at: rig.now)
        try await queue.submit(Strict(name: "present"))
        try await queue.runUntilIdle()
        #expect(seen.all.sorted() == ["migrated", "present"])
    }

    @Test("E5 a long error text is cut, and the rest of the record is whole")
    func longError() async throws {
        let queue = try Rig().queue {
            Worker { _, _ in throw JobError.permanent(String(repeating: "é", count: 5000)) }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.failure?.message.utf8.count == 4096)
    }
}
