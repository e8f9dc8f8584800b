import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Event streams") struct EventTests {
    private func queue(_ rig: Rig = Rig()) throws -> JobQueue {
        try rig.queue {
            Domain("a") {
                Worker()
                OtherWorker()
            }
            Domain("b") { OtherWorker { _, _ in throw JobError.permanent("no") } }
        }
    }

    private func ids(_ events: JobEvents) async -> [Int64?] {
        var ids: [Int64?] = []
        for await event in events { ids.append(event.id?.rawValue) }
        return ids
    }

    @Test("Q3 the life of a job is told in order, and its stream ends with it")
    func life() async throws {
        let queue = try queue()
        let all = queue.events()
        let outcome = try await queue.submit(Work())
        let own = queue.events(of: outcome.id)
        try await queue.runUntilIdle()
        #expect(await own.kinds() == [.started(attempt: 1), .ended(.completed, nil)])
        await queue.close()
        #expect(
            await all.kinds() == [
                .submitted(outcome), .queueStarted, .started(attempt: 1), .ended(.completed, nil), .queueStopped,
            ])
    }

    @Test("Q3 a subscription is narrowed by kind, domain, type and job")
    func filters() async throws {
        let queue = try queue()
        let ended = queue.events(.ended)
        let domain = queue.events([.ended, .queue], domain: "b")
        let nowhere = queue.events(domain: "c")
        let type = queue.events(of: Other.self, [.submitted, .ended])
        try await queue.submit(batch: [
            queue.submission(of: Work()), queue.submission(of: Other(), SubmitOptions(domain: "a")),
            queue.submission(of: Other(), SubmitOptions(domain: "b")),
        ])
        let job = queue.events(of: JobID(2), .started)
        try await queue.runUntilIdle()
        await queue.close()
        #expect(await ids(ended).compactMap(\.self).sorted() == [1, 2, 3])
        #expect(await ids(domain) == [3])
        #expect(await ids(nowhere) == [])
        let ofType = await ids(type).compactMap(\.self)
        #expect(ofType.prefix(2) == [2, 3])
        #expect(ofType.suffix(2).sorted() == [2, 3])
        #expect(await job.kinds() == [.started(attempt: 1)])
    }

    @Test("Q3 a slow subscriber loses the oldest events, is told how many, and slows nobody")
    func overflow() async throws {
        let queue = try queue()
        let slow = queue.events(.submitted, bufferSize: 3)
        let quick = queue.events(.submitted)
        for _ in 0..<10 { try await queue.submit(Work()) }
        await queue.close()
        #expect(await ids(quick) == (1...10).map { $0 })
        let kinds = await slow.kinds()
        #expect(kinds == [.lost(7)] + (8...10).map { .submitted(.inserted(JobID($0))) })
    }

    @Test("Q3 what is lost while a subscriber reads is told before what came later")
    func repeatedOverflow() async throws {
        let queue = try queue()
        let events = queue.events(.submitted, bufferSize: 2)
        var iterator = events.makeAsyncIterator()
        for _ in 0..<4 { try await queue.submit(Work()) }
        #expect(await iterator.next()?.kind == .lost(2))
        #expect(await iterator.next()?.id == JobID(3))
        for _ in 0..<2 { try await queue.submit(Work()) }
        #expect(await iterator.next()?.kind == .lost(1))
        #expect(await iterator.next()?.id == JobID(5))
        #expect(await iterator.next()?.id == JobID(6))
    }

    @Test("Q3 a subscriber that is cancelled gets the end", arguments: [true, false])
    func cancelled(isWaiting: Bool) async throws {
        let queue = try queue()
        let events = queue.events()
        let start = Gate()
        if isWaiting { start.open() }
        let reader = Task {
            await start.passUncancelled()
            return await events.kinds()
        }
        await start.arrivals(1)
        reader.cancel()
        start.open()
        #expect(await reader.value == [])
    }

    @Test("Q3 closing a queue ends its streams after what they hold, and later ones at once")
    func close() async throws {
        let queue = try queue()
        let before = queue.events()
        let waiting = queue.events(.queue)
        async let kinds = waiting.kinds()
        let outcome = try await queue.submit(Work())
        await queue.close()
        #expect(await before.kinds() == [.submitted(outcome)])
        #expect(await kinds == [])
        #expect(await queue.events().kinds() == [])
        await expect(failing: .closed) { try await queue.counts() }
    }

    @Test("S10 a type that nobody executes here is told of and logged, and its jobs stay")
    func unknownTypes() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        let ids = try await rig.memory.submit(
            contentsOf: Array(repeating: JobSubmission(type: "gone"), count: 3), at: rig.now)
        try await queue.submit(Work())
        let trouble = queue.events(.trouble)
        try await queue.runUntilIdle()
        await queue.close()
        #expect(await trouble.kinds() == [.unknownType("gone", count: 3)])
        #expect(rig.log.lines(.warning, containing: "gone").count == 1)
        let later = try self.queue(Rig())
        #expect(try await later.inspector.unknownTypes().isEmpty)
        let reopened = try JobQueue(store: rig.memory.reopened(), configuration: rig.configuration) { Worker() }
        #expect(try await reopened.inspector.unknownTypes() == ["gone": 3])
        for outcome in ids { #expect(try await reopened.job(outcome.id)?.state == .pending) }
    }

    @Test("Q5 figures and metrics tell what was done")
    func figures() async throws {
        var rig = Rig()
        let metrics = MetricsRecorder()
        rig.configuration.metrics = metrics
        let time = rig.time
        let queue = try rig.queue {
            Worker { _, context in
                time.wall.advance(by: .seconds(3))
                if context.attempt == 1 { throw JobError.retryable("again", after: .zero) }
            }
        }
        try await queue.submit(Work())
        rig.time.advance(by: .seconds(2))
        try await queue.runUntilIdle()
        let figures = queue.counters
        #expect(figures.claimed == 1)
        #expect(figures.attempts == 2)
        #expect(figures.completed == 1)
        #expect(figures.stale == 0)
        #expect(figures.rejected == 0)
        #expect(figures.meanBatchSize == 2 / Double(figures.batches))
        #expect(metrics.values(of: .queueWait) == [2])
        #expect(metrics.ended == ["retried", "completed"])
        #expect(metrics.values(of: .runDuration) == [3, 3])
        #expect(metrics.values(of: .batchSize).reduce(0, +) == 2)
    }

    @Test("Q6 ended jobs beyond the retention are deleted while the queue runs")
    func retention() async throws {
        var rig = Rig()
        rig.configuration.retention = RetentionPolicy(maximumCount: 10)
        let queue = try queue(rig)
        try await queue.submit(contentsOf: (0..<1100).map { Work("\($0)") })
        try await queue.runUntilIdle()
        let kept = try await queue.counts()[.completed]
        #expect(kept >= 10)
        #expect(kept < 100)
    }
}
