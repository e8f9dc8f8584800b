import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Running") struct RunningTests {
    @Test("L1 a submitted job runs and ends as completed")
    func submittedJobCompletes() async throws {
        let ran = Recorder<String>()
        let queue = try Rig().queue { Worker { job, _ in ran.append(job.name) } }
        let outcome = try await queue.submit(Work("a"))
        try await queue.runUntilIdle()
        #expect(ran.all == ["a"])
        let record = try #require(try await queue.job(outcome.id))
        #expect(record.state == .completed)
        #expect(record.attempt == 1)
    }

    @Test("L3 many jobs each run once and all ends are recorded", arguments: [1, 3, 8])
    func manyJobs(concurrency: Int) async throws {
        let ran = Recorder<String>()
        let queue = try Rig(concurrency: concurrency).queue { Worker { job, _ in ran.append(job.name) } }
        try await queue.submit(contentsOf: (0..<500).map { Work("\($0)") })
        try await queue.runUntilIdle()
        #expect(ran.all.count == 500)
        #expect(Set(ran.all).count == 500)
        #expect(try await queue.counts()[.completed] == 500)
        #expect(queue.counters.attempts == 500)
        #expect(queue.counters.completed == 500)
        #expect(queue.counters.claimed == 500)
        #expect(try await queue.store.check().isEmpty)
    }

    @Test("S9 submitting wakes an idle queue")
    func submitWakes() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker() }
        try await whileRunning(queue) {
            // The loop sleeps on its alarm; nothing moves the clock, so only the submission can wake it.
            try await rig.time.clock.sleepers(atLeast: 1)
            let id = try await queue.submit(Work()).id
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("S9 a submission by another queue on the store wakes an idle queue")
    func othersSubmissionWakes() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker() }
        let submitter = try rig.queue { ExecutorRegistration.submitting(Work.self) }
        try await whileRunning(queue) {
            try await rig.time.clock.sleepers(atLeast: 1)
            let id = try await submitter.submit(Work()).id
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("S9 a queue without signals finds work at its poll")
    func poll() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker() }
        let deaf = HookedStore(rig.memory, isDeaf: true)
        let listener = try rig.queue(over: deaf) { Worker() }
        try await whileRunning(listener) {
            try await rig.time.clock.sleepers(atLeast: 1)
            let ended = listener.events(.ended)
            try await queue.submit(Work())
            rig.time.advance(by: .seconds(1000))
            #expect(await ended.first { _ in true } != nil)
        }
    }

    @Test("C8 a second run at the same time is refused, one after the other works")
    func alreadyRunning() async throws {
        let queue = try Rig().queue { Worker() }
        try await whileRunning(queue) {
            let error = await #expect(throws: QueueError.self) { try await queue.run() }
            #expect(error?.code == .alreadyRunning)
            #expect(queue.isRunning)
        }
        #expect(!queue.isRunning)
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.state == .completed)
    }

    @Test("C8 runUntilIdle waits for a retry that is scheduled, and for what depends on it")
    func untilIdleWaitsForRetries() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { job, context in
                if context.attempt == 1, job.name == "a" { throw JobError.retryable("not yet", after: .seconds(10)) }
            }
        }
        let retrying = queue.events(.attempts)
        let outcomes = try await queue.submit(batch: [
            queue.submission(of: Work("a")),
            queue.submission(of: Work("b"), SubmitOptions(dependencies: [.submission(0)])),
        ])
        async let run: Void = queue.runUntilIdle()
        _ = await retrying.first { _ in true }
        #expect(queue.isRunning)
        rig.time.advance(by: .seconds(10))
        try await run
        for outcome in outcomes { #expect(try await queue.job(outcome.id)?.state == .completed) }
    }

    @Test("C8 runUntilIdle never leaves behind what the last ends have freed", arguments: 0..<40)
    func untilIdleIsNotEarly(round: Int) async throws {
        // Several ends at the same time: the loop handles one while others are on their way.
        let queue = try Rig(concurrency: 8).queue { Worker() }
        var batch: [JobSubmission] = []
        for level in 0..<6 {
            for place in 0..<8 {
                let before = level == 0 ? [] : [Dependency.submission((level - 1) * 8 + (place + round) % 8)]
                batch.append(try queue.submission(of: Work("\(level)"), SubmitOptions(dependencies: before)))
            }
        }
        try await queue.submit(batch: batch)
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 48)
    }

    @Test("C8 an empty queue is idle at once")
    func emptyIsIdle() async throws {
        try await Rig().queue { Worker() }.runUntilIdle()
    }

    @Test("Q2 peek shows what a claim would take, and changes nothing")
    func peek() async throws {
        let queue = try Rig().queue { Worker() }
        try await queue.submit(Work("a"))
        let urgent = try await queue.submit(Work("b"), SubmitOptions(priority: .high))
        #expect(try await queue.inspector.peek()?.id == urgent.id)
        #expect(try await queue.counts()[.pending] == 2)
    }
}
