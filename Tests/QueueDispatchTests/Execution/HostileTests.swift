import Foundation
import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Synchronization
import Testing

/// An error that is an object.
private final class ObjectError: Error, CustomStringConvertible {
    let description = "an object"
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

/// A job that has a job of its own kind, and that one too.
private struct Matryoshka: Job {
    static let type: JobType = "matryoshka"
    static let options = JobOptions(retry: RetryPolicy.none)
    var width = 1
}

private struct MatryoshkaWorker: JobExecutor {
    let refused: Recorder<QueueError.Code>
    var finalizing: @Sendable (JobContext) async throws -> Void = { _ in }

    @concurrent func execute(_ job: Matryoshka, in context: JobContext) async throws {
        do {
            try await context.spawn(contentsOf: (0..<job.width).map { _ in job })
        } catch let error as QueueError {
            refused.append(error.code)
            throw error
        }
    }

    @concurrent func finalize(_ job: Matryoshka, output: Void, in context: JobContext) async throws {
        try await finalizing(context)
    }
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
    ]

    @Test("E2 whatever is thrown is retried, kept and told, however it is made or described", arguments: 0..<5)
    func errors(number: Int) async throws {
        let (error, kept) = Self.errors[number]
        let queue = try Rig().queue { Worker { _, _ in throw error } }
        let id = try await queue.submit(Work(), SubmitOptions(retry: .constant(.zero, retries: 1))).id
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(id))
        #expect(record.state == .deadLettered)
        #expect(record.attempt == 2)
        let message = try #require(record.failure?.message)
        #expect(kept.isEmpty ? message.isEmpty : message.contains(kept))
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

    // MARK: Spawning without end

    @Test("D12 what spawns its like for ever comes to an end at the limit of generations", arguments: [0, 1, 5])
    func depth(limit: Int) async throws {
        var rig = Rig()
        rig.configuration.maximumDepth = limit
        let refused = Recorder<QueueError.Code>()
        let queue = try rig.queue { MatryoshkaWorker(refused: refused) }
        let id = try await queue.submit(Matryoshka()).id
        try await queue.runUntilIdle()
        #expect(refused.all == [.nestedTooDeeply])
        #expect(try await queue.count(JobQuery()) == limit + 1)
        // The last one is a dead letter, and with it fails each that waits for it.
        #expect(try await queue.counts().active == 0)
        #expect(try await queue.job(id)?.state == (limit == 0 ? .deadLettered : .failed))
    }

    @Test("D12 a batch of children above the limit is refused as a whole", arguments: [3, 4])
    func children(width: Int) async throws {
        var rig = Rig()
        rig.configuration.maximumChildren = 3
        rig.configuration.maximumDepth = 1
        let refused = Recorder<QueueError.Code>()
        let queue = try rig.queue { MatryoshkaWorker(refused: refused) }
        try await queue.submit(Matryoshka(width: width))
        try await queue.runUntilIdle()
        #expect(try await queue.count(JobQuery()) == (width > 3 ? 1 : 4))
        #expect(refused.all.first == (width > 3 ? .tooManyChildren : .nestedTooDeeply))
    }

    @Test(
        "D12 the limit of children counts those of earlier attempts, but none that was there already",
        arguments: [Duration.zero, .seconds(5)])
    func childrenOfAttempts(delay: Duration) async throws {
        var rig = Rig()
        rig.configuration.maximumChildren = 2
        let codes = Recorder<QueueError.Code?>()
        let queue = try rig.queue {
            Worker { _, context in
                for number in 0..<4 {
                    do {
                        let outcome = try await context.spawn(
                            Other("\(context.attempt) \(number)"), SubmitOptions(uniqueness: .key("\(number / 2)")))
                        codes.append(outcome.isNew ? nil : .notPossibleNow)
                    } catch let error as QueueError {
                        codes.append(error.code)
                    }
                }
                do { try await context.spawn(Other("one more")) } catch { codes.append((error as? QueueError)?.code) }
                if context.attempt == 1 { throw JobError.retryable("again", after: delay) }
            }
            OtherWorker { _, _ in try await Gate().pass() }
        }
        let retried = queue.events(.attempts)
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            _ = await retried.first { _ in true }
            rig.time.advance(by: delay)
            _ = await retried.first { $0 == .waiting }
        }
        let seen = QueueError.Code.notPossibleNow
        #expect(codes.all == [nil, seen, nil, seen, .tooManyChildren, seen, seen, seen, seen, .tooManyChildren])
        #expect(try await queue.count(JobQuery(parent: id)) == 2)
    }

    @Test("D12 children whose spawning failed do not count towards the limit")
    func failedSpawns() async throws {
        var rig = Rig()
        rig.configuration.maximumChildren = 2
        let broken = QueueError(.diskFull, "full")
        let store = FaultyStore(
            rig.memory, faults: [Fault(.operation(.submitBatch), calls: 1...3, throwing: broken)])
        let codes = Recorder<QueueError.Code?>()
        let queue = try rig.queue(over: store) {
            Worker { _, context in
                for _ in 0..<5 {
                    do {
                        _ = try await context.spawn(contentsOf: [Other("a"), Other("b")])
                        codes.append(nil)
                    } catch {
                        codes.append((error as? QueueError)?.code)
                    }
                }
            }
            OtherWorker()
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(codes.all == [.diskFull, .diskFull, .diskFull, nil, .tooManyChildren])
    }

    // MARK: What they report and save

    @Test(
        "Q4 progress out of range counts as the nearer end, and what is no number is left out",
        arguments: [
            ([-0.5], 0), ([1.5], 1), ([.infinity], 1), ([-.infinity], 0), ([0.25, .nan], 0.25),
            ([0.25, .signalingNaN], 0.25),
        ])
    func progress(reports: [Double], fraction: Double) async throws {
        let queue = try Rig().queue {
            Worker { _, context in for report in reports { context.report(progress: report) } }
        }
        let id = try await queue.submit(Work()).id
        let events = queue.events(of: id, .progressed)
        try await queue.runUntilIdle()
        guard case .progressed(let progress)? = await events.kinds().last else {
            Issue.record("no progress was told")
            return
        }
        #expect(progress.fraction == fraction)
    }

    @Test("Q4 more of a count than there is, or less than nothing, has a fraction all the same")
    func counts() async throws {
        let reports: [(Int, Int?, Double?)] = [
            (7, 5, 1), (-7, 5, 0), (7, -5, 1), (.max, .min, 1), (.min, .max, 0), (7, nil, nil),
        ]
        for (count, total, fraction) in reports {
            let queue = try Rig().queue { Worker { _, context in context.report(count: count, of: total) } }
            let id = try await queue.submit(Work()).id
            let events = queue.events(of: id, .progressed)
            try await queue.runUntilIdle()
            guard case .progressed(let progress)? = await events.kinds().last else {
                Issue.record("no progress was told of \(count) of \(String(describing: total))")
                continue
            }
            #expect(progress.fraction == fraction, "\(count) of \(String(describing: total))")
        }
    }

    @Test("E1 bytes without measure add up to as many as can be counted, and less than none is none")
    func bytes() async throws {
        let queue = try Rig().queue {
            Worker { _, context in
                for _ in 0..<2 { context.report(io: IOAmount(diskRead: .max / 2 + 1, diskWritten: -5)) }
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let io = try #require(try await queue.job(id)?.io)
        #expect(io.diskRead == .max)
        #expect(io.diskWritten == 0)
    }

    @Test("E1 a checkpoint above the limit is refused, and the one before it stays")
    func checkpoint() async throws {
        var rig = Rig()
        rig.configuration.checkpointBytes = 10
        let seen = Recorder<String?>()
        let codes = Recorder<QueueError.Code?>()
        let queue = try rig.queue {
            Worker { _, context in
                seen.append(try context.checkpoint(as: String.self))
                if context.attempt > 1 { return }
                try await context.save(checkpoint: "12345678")
                do { try await context.save(checkpoint: "123456789") } catch {
                    codes.append((error as? QueueError)?.code)
                }
                seen.append(try context.checkpoint(as: String.self))
                throw JobError.retryable("again", after: .milliseconds(0))
            }
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(codes.all == [.checkpointTooLarge])
        #expect(seen.all == [nil, "12345678", "12345678"])
    }

    // MARK: Tasks that outlive their attempt

    @Test("E1 what a task calls that outlives its job is refused or changes nothing")
    func forgotten() async throws {
        let queue = try Rig().queue {
            Worker { _, context in Leftover.context.withLock { $0 = context } }
            OtherWorker()
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let before = try await queue.job(id)
        let context = try #require(Leftover.context.withLock { $0 })
        context.report(progress: 0.5)
        context.report(io: IOAmount(diskRead: 1))
        context.setTimeLimit(.zero)
        await expect(failing: .leaseLost) { try await queueErrors { try await context.save(checkpoint: 1) } }
        await expect(failing: .unknownParent) { try await queueErrors { try await context.spawn(Other()) } }
        await expect(failing: .notPossibleNow) { try context.attach(MemoryEffect { $0["late"] = [1] }) }
        #expect(try await queue.job(id) == before)
        #expect(try await queue.count(JobQuery()) == 1)
    }

    @Test("E1 what a task calls that outlives its attempt does not reach the next attempt", arguments: [true, false])
    func forgottenAttempt(inPlace: Bool) async throws {
        let rig = Rig()
        let gate = Gate()
        let contexts = Recorder<JobContext>()
        let queue = try rig.queue {
            Worker { _, context in
                contexts.append(context)
                if context.attempt == 1 { throw JobError.retryable("again", after: inPlace ? .zero : .seconds(1)) }
                try await gate.pass()
            }
        }
        let retried = queue.events(.attempts)
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            _ = await retried.first { _ in true }
            if !inPlace { rig.time.advance(by: .seconds(1)) }
            await gate.arrivals(1)
            let first = try #require(contexts.all.first)
            #expect(first.attempt == 1)
            #expect(contexts.all.last?.attempt == 2)
            await expect(failing: .leaseLost) { try await queueErrors { try await first.save(checkpoint: 1) } }
            await expect(failing: .notPossibleNow) { try first.attach(MemoryEffect { $0["late"] = [1] }) }
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(try await queue.job(id)?.checkpoint == nil)
        #expect(rig.memory.values.isEmpty)
    }

    /// Where the test of forgotten tasks keeps what an executor should not have given away.
    private enum Leftover {
        static let context = Mutex<JobContext?>(nil)
    }

    private func queueErrors(_ body: () async throws -> some Any) async throws(QueueError) {
        do {
            _ = try await body()
        } catch let error as QueueError {
            throw error
        } catch {
            Issue.record("\(error)")
        }
    }
}
