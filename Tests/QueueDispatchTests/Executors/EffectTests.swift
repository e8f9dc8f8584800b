import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// What an effect throws that disposes of its job itself.
private struct Disposing: DisposingError {
    var disposition: JobError.Disposition
}

@Suite("Effects") struct EffectTests {
    /// An effect that counts a name up, and throws the error, if there is one.
    private static func count(_ name: String, throwing error: (any Error)? = nil) -> MemoryEffect {
        MemoryEffect { values in
            values[name] = [(values[name]?.first ?? 0) + 1]
            if let error { throw error }
        }
    }

    @Test("E8 an effect is there when its job has completed, and not before")
    func success() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { job, context in
                try context.attach(Self.count(job.name))
                #expect(rig.memory.values[job.name] == nil)
            }
        }
        try await queue.submit(contentsOf: [Work("a"), Work("b")])
        try await queue.runUntilIdle()
        #expect(rig.memory.values == ["a": [1], "b": [1]])
        #expect(queue.counters.completed == 2)
    }

    @Test("E8 an attempt that fails leaves nothing of its effects", arguments: [Duration.zero, .seconds(1)])
    func failedAttempt(delay: Duration) async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { _, context in
                try context.attach(Self.count("attempt \(context.attempt)"))
                if context.attempt < 3 { throw JobError.retryable("not yet", after: delay) }
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            try await rig.advance { try await queue.job(id)?.state == .completed }
        }
        #expect(rig.memory.values == ["attempt 3": [1]])
    }

    @Test("E8 an effect's error is retried as one of the executor's, and its job is done again")
    func retried() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { _, context in
                try context.attach(Self.count("a"))
                try context.attach(Self.count("b", throwing: context.attempt == 1 ? PlainError() : nil))
            }
        }
        let id = try await queue.submit(Work(), SubmitOptions(retry: .constant(.seconds(5)))).id
        let told = queue.events(of: id, .attempts)
        try await whileRunning(queue) {
            let event = await told.first { _ in true }
            let failure = JobFailure(.retryable, "an effect failed: PlainError()")
            #expect(event?.kind == .retrying(at: rig.now.advanced(by: .seconds(5)), failure))
            #expect(rig.memory.values.isEmpty)
            rig.time.advance(by: .seconds(5))
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(rig.memory.values == ["a": [1], "b": [1]])
        #expect(try await queue.inspector.attempts(of: id).map(\.failure?.kind) == [.retryable, nil])
        #expect(queue.counters.attempts == 2)
    }

    @Test("E8 effects that keep failing use the retries up, without delay through the queue")
    func usedUp() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { _, context in try context.attach(Self.count("a", throwing: PlainError())) }
        }
        let id = try await queue.submit(Work(), SubmitOptions(retry: .immediate(retries: 2))).id
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(id))
        #expect(record.state == .deadLettered)
        #expect(record.attempt == 3)
        #expect(queue.counters.claimed == 3)
        #expect(rig.memory.values.isEmpty)
    }

    @Test(
        "E8 an effect's error may say itself what becomes of the job",
        arguments: [
            (JobError.Disposition.permanent, JobState.failed), (.retryable(after: .seconds(9)), .pending),
            (.snooze(.seconds(9)), .pending),
        ])
    func disposing(disposition: JobError.Disposition, state: JobState) async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Worker { _, context in try context.attach(Self.count("a", throwing: Disposing(disposition: disposition))) }
        }
        let id = try await queue.submit(Work()).id
        let told = queue.events(of: id, [.attempts, .ended])
        try await whileRunning(queue) { _ = await told.first { _ in true } }
        let record = try #require(try await queue.job(id))
        #expect(record.state == state)
        if state == .pending { #expect(record.runAfter == rig.now.advanced(by: .seconds(9))) }
    }

    @Test("E8 a failing effect does not hold up the jobs whose ends are stored with it")
    func neighbours() async throws {
        let rig = Rig(concurrency: 8)
        let queue = try rig.queue {
            Worker { job, context in
                let error: (any Error)? = job.name == "bad" ? JobError.permanent("no") : nil
                try context.attach(Self.count(job.name, throwing: error))
            }
        }
        let names = (0..<40).map { $0 % 4 == 0 ? "bad" : "good" }
        try await queue.submit(contentsOf: names.map { Work($0) })
        try await queue.runUntilIdle()
        let counts = try await queue.counts()
        #expect(counts[.failed] == 10)
        #expect(counts[.completed] == 30)
        #expect(rig.memory.values == ["good": [30]])
    }

    @Test("E8 C6 a commit that fails is tried again with its effects, which happen once")
    func failedCommit() async throws {
        let rig = Rig()
        let fails = Flag(true)
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if !completions.isEmpty, fails.isSet {
                fails.isSet = false
                throw QueueError(.busy, "locked", isTransient: true)
            }
        }
        let queue = try rig.queue(over: store) { Worker { _, context in try context.attach(Self.count("a")) } }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            try await rig.advance { try await queue.job(id)?.state == .completed }
        }
        #expect(rig.memory.values == ["a": [1]])
    }

    @Test("E8 a store that can't do an effect is found out where it is attached")
    func notAccepted() async throws {
        struct PlainStore: ForwardingStore {
            let base: any JobStore
            func accepts(_ effect: any CompletionEffect) -> Bool { false }
        }
        let rig = Rig()
        let queue = try rig.queue(over: PlainStore(base: rig.memory)) {
            Worker { _, context in
                await expect(failing: .effectNotAccepted) { try context.attach(Self.count("a")) }
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.state == .completed)
        #expect(rig.memory.values.isEmpty)
    }

    @Test("E8 an effect of a job that is cancelled while it runs is not done")
    func cancelled() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue {
            Worker { _, context in
                try context.attach(Self.count("a"))
                try await gate.pass()
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            _ = try await queue.cancel(id)
            try await queue.expectEnd(of: id, .cancelled)
        }
        #expect(rig.memory.values.isEmpty)
    }
}
