import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Retries") struct RetryTests {
    @Test("E4 retries follow the policy's delays, then the job is a dead letter")
    func delays() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker { _, _ in throw PlainError() } }
        let policy = RetryPolicy.exponential(from: .seconds(1), upTo: .seconds(60), retries: 3)
        let id = try await queue.submit(Work(), SubmitOptions(priority: 9, retry: policy, uniqueness: .key("k"))).id
        let told = queue.events(of: id, .attempts)
        try await whileRunning(queue) {
            for delay in [1, 2, 4] {
                let due = rig.now.advanced(by: .seconds(delay))
                let event = await told.first { _ in true }
                #expect(event?.kind == .retrying(at: due, JobFailure(.retryable, "PlainError()")))
                let record = try #require(try await queue.job(id))
                #expect(record.state == .pending)
                #expect(record.priority == 9)
                #expect(record.key == .text("k"))
                rig.time.advance(by: .seconds(delay))
            }
            try await queue.expectEnd(of: id, .deadLettered)
        }
        let attempts = try await queue.inspector.attempts(of: id)
        #expect(attempts.map(\.number) == [1, 2, 3, 4])
        #expect(attempts.allSatisfy { $0.failure?.kind == .retryable })
        #expect(try await queue.job(id)?.retries == 3)
    }

    @Test("E4 zero delay goes on without the queue, and each attempt is recorded", arguments: [0, 1, 3, 20])
    func inPlace(retries: Int) async throws {
        let queue = try Rig().queue {
            Worker { _, context in throw JobError.retryable("attempt \(context.attempt)") }
        }
        let id = try await queue.submit(Work(), SubmitOptions(retry: .immediate(retries: retries))).id
        let events = queue.events(of: id)
        try await queue.runUntilIdle()
        let attempts = try await queue.inspector.attempts(of: id)
        #expect(attempts.map(\.number) == Array(1...retries + 1))
        #expect(attempts.map(\.failure?.message) == (1...retries + 1).map { "attempt \($0)" })
        #expect(attempts.allSatisfy { $0.endedAt != nil && $0.worker != nil })
        let record = try #require(try await queue.job(id))
        #expect(record.state == .deadLettered)
        #expect(record.retries == retries)
        #expect(record.attempt == retries + 1)
        #expect(queue.counters.claimed == 1)
        #expect(queue.counters.attempts == retries + 1)
        let starts = await events.kinds().filter { if case .started = $0 { true } else { false } }
        #expect(starts == (1...retries + 1).map { .started(attempt: $0) })
    }

    @Test("E4 many jobs that fail at once and go on in place all end as dead letters")
    func manyInPlace() async throws {
        let queue = try Rig(concurrency: 8).queue { Worker { _, _ in throw PlainError() } }
        try await queue.submit(
            contentsOf: (0..<100).map { Work("\($0)") }, SubmitOptions(retry: .immediate(retries: 3)))
        try await queue.runUntilIdle()
        #expect(try await queue.counts() == StateCounts([.deadLettered: 100]))
        #expect(queue.counters.attempts == 400)
        #expect(queue.counters.stale == 0)
    }

    @Test("E4 a job that the store has ended is not tried again in place for long", arguments: [true, false])
    func noMoreAttempts(isDeaf: Bool) async throws {
        let rig = Rig()
        let gate = Gate()
        let attempts = Recorder<Int>()
        // Where no signal tells of the end, the first attempt's record does.
        let queue = try rig.queue(over: HookedStore(rig.memory, isDeaf: isDeaf)) {
            Worker { _, context in
                await gate.passUncancelled()
                attempts.append(context.attempt)
                throw PlainError()
            }
        }
        let options = SubmitOptions(
            retry: .immediate(retries: .max), onDuplicate: .supersede, uniqueness: .key("k"))
        let id = try await queue.submit(Work(), options).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await queue.pause(.queue)
            try await queue.submit(Work("new"), options)
            let stale = queue.events(.trouble)
            gate.open()
            #expect(await stale.first { _ in true }?.kind == .stale)
        }
        #expect(attempts.all.count <= 18)
        #expect(try await queue.job(id)?.state == .superseded)
    }

    @Test("E4 attempts in place do not run away from a store that can't record them")
    func bounded() async throws {
        let rig = Rig()
        let gate = Gate()
        let attempts = Recorder<Int>()
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if !completions.isEmpty { await gate.passUncancelled() }
        }
        let queue = try rig.queue(over: store) {
            Worker { _, context in
                attempts.append(context.attempt)
                throw PlainError()
            }
        }
        let id = try await queue.submit(Work(), SubmitOptions(retry: .immediate(retries: 100))).id
        async let run: Void = queue.runUntilIdle()
        await gate.arrivals(1)
        for _ in 0..<1000 { await Task.yield() }
        #expect(attempts.all.count <= 17)
        gate.open()
        try await run
        #expect(attempts.all == Array(1...101))
        #expect(try await queue.inspector.attempts(of: id).count == 101)
    }

    @Test("E4 a dead letter that is submitted again is a new job from zero")
    func resubmit() async throws {
        let rig = Rig()
        let fails = Flag(true)
        let queue = try rig.queue { Worker { _, _ in if fails.isSet { throw PlainError() } } }
        let old = try await queue.submit(Work("x"), SubmitOptions(retry: RetryPolicy.none)).id
        await expect(failing: .notPossibleNow) { try await queue.resubmit(old) }
        try await queue.runUntilIdle()
        fails.isSet = false
        let events = queue.events(of: Work.self, .submitted)
        let new = try await queue.resubmit(old)
        #expect(new.isNew)
        #expect(await events.first { _ in true }?.kind == .submitted(new))
        try await queue.runUntilIdle()
        #expect(try await queue.job(old)?.state == .deadLettered)
        let record = try #require(try await queue.job(new.id))
        #expect(record.state == .completed)
        #expect(record.attempt == 1)
        #expect(record.retries == 0)
        await expect(failing: .unknownJob) { try await queue.resubmit(JobID(99)) }
    }

    @Test("E4 a retry that would come after the policy's deadline is none")
    func deadline() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker { _, _ in throw PlainError() } }
        let policy = RetryPolicy.constant(.seconds(10), retries: .max, deadline: .seconds(25))
        let id = try await queue.submit(Work(), SubmitOptions(retry: policy)).id
        let told = queue.events(of: id, .attempts)
        try await whileRunning(queue) {
            for _ in 0..<2 {
                _ = await told.first { _ in true }
                rig.time.advance(by: .seconds(10))
            }
            try await queue.expectEnd(of: id, .deadLettered)
        }
        #expect(try await queue.inspector.attempts(of: id).count == 3)
    }

    @Test("E4 the delay of the last retry is kept with the job, for back-offs that build on it")
    func previousDelay() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker { _, _ in throw PlainError() } }
        let policy = RetryPolicy(
            backoff: .exponential(from: .seconds(1), upTo: .seconds(1000), jitter: .decorrelated), maximumRetries: 8)
        let id = try await queue.submit(Work(), SubmitOptions(retry: policy)).id
        let told = queue.events(of: id, .attempts)
        try await whileRunning(queue) {
            var previous = Duration.seconds(1)
            for _ in 0..<8 {
                _ = await told.first { _ in true }
                let record = try #require(try await queue.job(id))
                let delay = try #require(record.runAfter).since(rig.now)
                #expect(record.retryDelay == delay)
                #expect(delay >= .milliseconds(999))
                #expect(delay <= previous * 3 + .milliseconds(1))
                previous = delay
                rig.time.advance(by: delay)
            }
            try await queue.expectEnd(of: id, .deadLettered)
        }
    }
}
