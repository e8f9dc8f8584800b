import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Time limits") struct TimeoutTests {
    @Test("E3 an attempt that takes too long is cancelled and tried again")
    func timeout() async throws {
        let rig = Rig()
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let queue = try rig.queue {
            Worker { _, context in
                guard context.attempt == 1 else { return }
                defer { reasons.append(context.cancellation) }
                try await gate.pass()
            }
        }
        let id = try await queue.submit(
            Work(), SubmitOptions(retry: .constant(.seconds(1)), timeout: .seconds(5))
        ).id
        let told = queue.events(of: id, .attempts)
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .milliseconds(4999))
            #expect(reasons.all.isEmpty)
            rig.time.advance(by: .milliseconds(1))
            let event = await told.first { _ in true }
            guard case .retrying(_, let failure)? = event?.kind else {
                Issue.record("\(String(describing: event)) came")
                return
            }
            #expect(failure.kind == .timedOut)
            rig.time.advance(by: .seconds(1))
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(reasons.all == [.timedOut])
        #expect(try await queue.job(id)?.retries == 1)
    }

    @Test("E3 retries that are used up by time limits make a dead letter")
    func deadLetter() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        let id = try await queue.submit(Work(), SubmitOptions(retry: RetryPolicy.none, timeout: .seconds(5))).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(5))
            try await queue.expectEnd(of: id, .deadLettered)
        }
        #expect(try await queue.job(id)?.failure?.kind == .timedOut)
    }

    @Test("E3 the limit of a job type counts where the submission has none")
    func typeLimit() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue {
            Domain("d") { Worker { _, _ in try await gate.pass() } }
                .defaults(JobOptions(retry: RetryPolicy.none, timeout: .seconds(5)))
        }
        let own = try await queue.submit(Work(), SubmitOptions(timeout: .seconds(50))).id
        let common = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(2)
            rig.time.advance(by: .seconds(5))
            try await queue.expectEnd(of: common, .deadLettered)
            #expect(try await queue.job(own)?.state == .running)
            rig.time.advance(by: .seconds(45))
            try await queue.expectEnd(of: own, .deadLettered)
        }
    }

    @Test("E3 each attempt in place has the whole limit")
    func inPlace() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue {
            Worker { _, context in
                try await gate.pass()
                if context.attempt < 3 { throw JobError.retryable("again", after: .zero) }
            }
        }
        let id = try await queue.submit(Work(), SubmitOptions(timeout: .seconds(5))).id
        let started = queue.events(of: id, .started)
        try await whileRunning(queue) {
            for attempt in 1...3 {
                await gate.arrivals(attempt)
                _ = await started.first { _ in true }
                // Longer in all than one limit, and shorter for each attempt.
                rig.time.advance(by: .seconds(4))
                gate.letGo()
            }
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(try await queue.job(id)?.retries == 2)
    }

    @Test("E3 an attempt in place that takes too long is cancelled as the first would be")
    func lateInPlace() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue {
            Worker { _, context in
                if context.attempt == 1 { throw JobError.retryable("again", after: .zero) }
                try await gate.pass()
            }
        }
        let id = try await queue.submit(
            Work(), SubmitOptions(retry: .immediate(retries: 1), timeout: .seconds(5))
        ).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(5))
            try await queue.expectEnd(of: id, .deadLettered)
        }
        #expect(try await queue.inspector.attempts(of: id).map(\.failure?.kind) == [.retryable, .timedOut])
    }

    @Test("E3 an executor that returns normally after its limit has done its job")
    func deafExecutor() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in await gate.passUncancelled() } }
        let id = try await queue.submit(Work(), SubmitOptions(timeout: .seconds(5))).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(5))
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("E3 a time limit is kept while a batch can't be stored")
    func limitWhileStoreFails() async throws {
        let rig = Rig()
        let gate = Gate()
        let fails = Flag(true)
        let left = Gate()
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if fails.isSet, !completions.isEmpty { throw QueueError(.busy, "locked", isTransient: true) }
        }
        let queue = try rig.queue(over: store) {
            Worker { job, context in
                if job.name == "quick" { return }
                defer { #expect(context.cancellation == .timedOut) }
                do { try await gate.pass() } catch { await left.passUncancelled() }
            }
        }
        left.open()
        let quick = try await queue.submit(Work("quick")).id
        try await queue.submit(Work("slow"), SubmitOptions(timeout: .seconds(60)))
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(60))
            await left.arrivals(1)
            #expect(try await queue.job(quick)?.state == .running)
            fails.isSet = false
            try await rig.advance { try await queue.job(quick)?.state == .completed }
        }
    }
}
