import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

/// Notes when an attempt goes in and how it comes out.
private struct Noting: ExecutionMiddleware {
    let name: String
    let log: Recorder<String>

    func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
        log.append("\(name) in \(context.attempt) \(context.job.phase)")
        do {
            let output = try await next()
            log.append("\(name) out \(output.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nothing")")
            return output
        } catch {
            log.append("\(name) threw \(error), \(context.cancellation.map { "\($0)" } ?? "not told to stop")")
            throw error
        }
    }
}

/// Does what a test says.
private struct Around: ExecutionMiddleware {
    let body: @Sendable (JobContext, NextExecution) async throws -> ExecutionOutput

    init(_ body: @escaping @Sendable (JobContext, NextExecution) async throws -> ExecutionOutput) {
        self.body = body
    }

    func around(_ context: JobContext, next: NextExecution) async throws -> ExecutionOutput {
        try await body(context, next)
    }
}

private struct Parent: Job {
    static let type: JobType = "parent"
}

private struct ParentWorker: JobExecutor {
    func execute(_ job: Parent, in context: JobContext) async throws -> Int {
        try await context.spawn(Other())
        return 1
    }

    func finalize(_ job: Parent, output: Int, in context: JobContext) async throws -> Int { output + 1 }
}

@Suite("Middleware") struct MiddlewareTests {
    private let log = Recorder<String>()

    private func noting(_ name: String) -> Noting { Noting(name: name, log: log) }

    @Test("E1 middleware surrounds an execution in its order, the queue's outside of the domain's")
    func order() async throws {
        var rig = Rig()
        rig.configuration.middleware = [noting("a"), noting("b")]
        let log = log
        let queue = try rig.queue {
            Domain("d") { Worker { _, _ in log.append("execute") } }.middleware(noting("c"), noting("d")).middleware(
                noting("e"))
            Domain("other") { OtherWorker() }.middleware(noting("elsewhere"))
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        let names = ["a", "b", "c", "d", "e"]
        #expect(
            log.all == names.map { "\($0) in 1 execute" } + ["execute"] + names.reversed().map { "\($0) out nothing" })
    }

    @Test("E1 middleware surrounds each attempt, those in place too, and sees its error", arguments: [0, 1])
    func retries(delay: Int) async throws {
        var rig = Rig()
        rig.configuration.middleware = [noting("a")]
        let queue = try rig.queue {
            Worker { _, context in
                if context.attempt == 1 { throw JobError.retryable("again", after: .seconds(delay)) }
            }
        }
        let id = try await queue.submit(Work()).id
        let told = queue.events(of: id, .attempts)
        try await whileRunning(queue) {
            _ = await told.first { _ in true }
            rig.time.advance(by: .seconds(delay))
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(
            log.all == ["a in 1 execute", "a threw again, not told to stop", "a in 2 execute", "a out nothing"])
    }

    @Test("E1 middleware surrounds finalizing, and sees the encoded output")
    func finalize() async throws {
        var rig = Rig()
        rig.configuration.middleware = [noting("a")]
        let queue = try rig.queue {
            Domain("p") { ParentWorker() }
            Domain("c") { OtherWorker { _, _ in } }
        }
        try await queue.submit(Parent())
        try await queue.runUntilIdle()
        let parents = log.all.filter { !$0.hasSuffix("nothing") }
        #expect(parents.first == "a in 1 execute")
        #expect(parents.contains("a out 1"))
        #expect(parents.suffix(2) == ["a in 2 finalize", "a out 2"])
    }

    @Test("E1 middleware can refuse an attempt, and the executor is not called")
    func refusing() async throws {
        var rig = Rig()
        rig.configuration.middleware = [Around { _, _ in throw JobError.permanent("refused") }]
        let log = log
        let queue = try rig.queue { Worker { _, _ in log.append("execute") } }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let job = try await queue.job(id)
        #expect(job?.state == .failed)
        #expect(job?.failure == JobFailure(.permanent, "refused"))
        #expect(log.all.isEmpty)
    }

    @Test("E2 an error that middleware throws in place of the executor's decides what becomes of the job")
    func replacing() async throws {
        var rig = Rig()
        rig.configuration.middleware = [
            Around { _, next in
                do { return try await next() } catch is PlainError { throw JobError.permanent("replaced") }
            }
        ]
        let queue = try rig.queue { Worker { _, _ in throw PlainError() } }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.failure == JobFailure(.permanent, "replaced"))
    }

    @Test("E1 a job that is cancelled cancels what middleware surrounds and tells it why")
    func cancelled() async throws {
        var rig = Rig()
        rig.configuration.middleware = [noting("a")]
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await queue.cancel(id)
            try await queue.expectEnd(of: id, .cancelled)
        }
        #expect(log.all == ["a in 1 execute", "a threw CancellationError(), cancelled"])
    }

    @Test("E1 middleware that calls what it surrounds again executes the job again as the same attempt")
    func twice() async throws {
        var rig = Rig()
        rig.configuration.middleware = [
            Around { _, next in
                do { return try await next() } catch is PlainError { return try await next() }
            }
        ]
        let attempts = Recorder<Int>()
        let queue = try rig.queue {
            Worker { _, context in
                attempts.append(context.attempt)
                if attempts.all.count == 1 { throw PlainError() }
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(attempts.all == [1, 1])
        #expect(try await queue.job(id)?.state == .completed)
    }

    @Test("E3 middleware can limit an attempt, which then counts as timed out")
    func limiting() async throws {
        var rig = Rig()
        rig.configuration.middleware = [try TimeLimitMiddleware(.seconds(5))]
        let gate = Gate()
        let left = Recorder<Duration?>()
        let queue = try rig.queue {
            Worker { _, context in
                left.append(context.timeLeft)
                try await gate.pass()
            }
        }
        let id = try await queue.submit(Work(), SubmitOptions(retry: RetryPolicy.none)).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(5))
            try await queue.expectEnd(of: id, .deadLettered)
        }
        #expect(try await queue.job(id)?.failure?.kind == .timedOut)
        #expect(left.all == [.seconds(5)])
    }

    @Test("E3 of a job's time limit and that of middleware the shorter counts", arguments: [(3, 3), (5, 5), (9, 5)])
    func shorter(own: Int, expected: Int) async throws {
        var rig = Rig()
        rig.configuration.middleware = [try TimeLimitMiddleware(.seconds(5))]
        let left = Recorder<Duration?>()
        let queue = try rig.queue { Worker { _, context in left.append(context.timeLeft) } }
        try await queue.submit(Work(), SubmitOptions(timeout: .seconds(own)))
        try await queue.runUntilIdle()
        #expect(left.all == [.seconds(expected)])
    }

    @Test("E3 an attempt can free itself of its time limit, or set it anew")
    func changing() async throws {
        let rig = Rig()
        let gate = Gate()
        let seen = Recorder<Duration?>()
        let queue = try rig.queue {
            Worker { _, context in
                seen.append(context.timeLeft)
                context.setTimeLimit(nil)
                seen.append(context.timeLeft)
                try await gate.pass()
                context.setTimeLimit(.seconds(1))
                try await gate.pass()
            }
        }
        let id = try await queue.submit(Work(), SubmitOptions(retry: RetryPolicy.none, timeout: .seconds(5))).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(50))
            gate.letGo()
            await gate.arrivals(2)
            #expect(try await queue.job(id)?.state == .running)
            rig.time.advance(by: .seconds(1))
            try await queue.expectEnd(of: id, .deadLettered)
        }
        #expect(seen.all == [.seconds(5), nil])
    }

    @Test("E3 a time limit that is not above zero is refused", arguments: [0, -1])
    func badLimit(seconds: Int) {
        #expect(throws: QueueError.self) { try TimeLimitMiddleware(.seconds(seconds)) }
    }

    @Test("E1 logging middleware writes a line for each attempt that ends")
    func logging() async throws {
        var rig = Rig()
        rig.configuration.middleware = [LoggingMiddleware()]
        let queue = try rig.queue {
            Worker { _, context in
                if context.attempt == 1 { throw JobError.retryable("again", after: .zero) }
            }
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(rig.log.lines(.warning) == ["#1 work: attempt 1 failed after 0.0 seconds: again"])
        #expect(rig.log.lines(.info) == ["#1 work: attempt 2 took 0.0 seconds"])
    }
}
