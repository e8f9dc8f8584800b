import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

/// A job that has a job of its own kind, and that one too.
struct Matryoshka: Job {
    static let type: JobType = "matryoshka"
    static let options = JobOptions(retry: RetryPolicy.none)
    var width = 1
}

struct MatryoshkaWorker: JobExecutor {
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

@Suite("Limits of spawning") struct SpawnLimitTests {
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
}
