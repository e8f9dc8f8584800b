import QueueCompletion
import Testing

@Suite("Commits that fail", .timeLimit(.minutes(10)))
struct FailureTests {
    @Test("C6 a batch that fails for a while waits in memory, and is committed whole")
    func transient() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { _, attempt in if attempt <= 3 { throw Failure.busy } })
        let channel = try recorder.channel(clock: clock)
        let leadership = try channel.send(1)
        _ = try channel.send(2)
        let leader = Task { [leadership = Once(leadership)] in await leadership.take()?.run() }
        for delay in [5, 10, 20] {
            #expect(await clock.nextSleep() == .milliseconds(delay))
            #expect(channel.uncommitted >= 2)
            #expect(recorder.settled.isEmpty)
            try await channel.complete(100 + delay)
            clock.advance(by: .milliseconds(delay))
        }
        await leader.value
        #expect(recorder.commits == [[1, 2], [105, 110, 120]])
        #expect(channel.statistics.retries == 3)
        #expect(recorder.rejected.isEmpty)
    }

    @Test("C6 a cancelled leader backs off as long as any other")
    func cancelledBackOff() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { _, attempt in if attempt <= 2 { throw Failure.busy } })
        let channel = try recorder.channel(clock: clock)
        let leader = Task { try await channel.complete(1) }
        leader.cancel()
        #expect(await clock.nextSleep() == .milliseconds(5))
        #expect(recorder.attempts.count == 1)
        clock.advance(by: .milliseconds(5))
        #expect(await clock.nextSleep() == .milliseconds(10))
        #expect(recorder.attempts.count == 2)
        clock.advance(by: .milliseconds(10))
        try await leader.value
        #expect(recorder.settled == [1])
    }

    @Test(
        "C6 poison items are isolated and reported, the rest is committed in order, in a bounded number of commits",
        arguments: [[0], [7], [15], [3, 4], [0, 5, 6, 15], Array(0..<16)])
    func poison(bad: [Int]) async throws {
        let recorder = Recorder(script: { batch, _ in
            let found = batch.filter(bad.contains)
            if !found.isEmpty { throw Failure.poison(found) }
        })
        let channel = try recorder.channel()
        let leadership = try channel.send(0)
        for item in 1..<16 { _ = try channel.send(item) }
        await leadership?.run()
        #expect(recorder.rejected == bad)
        #expect(recorder.settled == (0..<16).filter { !bad.contains($0) })
        #expect(recorder.toldTooEarly.isEmpty)
        #expect(recorder.attempts.count <= min(31, 1 + 2 * bad.count * 4))
        #expect(channel.statistics.rejected == bad.count)
        #expect(channel.statistics.committed == 16 - bad.count)
        #expect(channel.uncommitted == 0)
    }

    @Test("C6 a transient error amid a split is retried, and splits nothing further")
    func transientWhileSplit() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { batch, attempt in
            if attempt == 2 { throw Failure.busy }
            if batch.contains(3) { throw Failure.permanent }
        })
        let channel = try recorder.channel(clock: clock)
        let leadership = try channel.send(0)
        for item in 1..<4 { _ = try channel.send(item) }
        let leader = Task { [leadership = Once(leadership)] in await leadership.take()?.run() }
        #expect(await clock.nextSleep() == .milliseconds(5))
        clock.advance(by: .milliseconds(5))
        await leader.value
        #expect(recorder.attempts == [[0, 1, 2, 3], [0, 1], [0, 1], [2, 3], [2], [3]])
        #expect(recorder.settled == [0, 1, 2])
        #expect(recorder.rejected == [3])
    }

    @Test("C6 a committer that returns too few outcomes has its items reported, each to its own caller too")
    func outcomeCount() async throws {
        struct Forgetful: BatchCommitter {
            func commit(_ batch: [Int]) async throws -> [String] { [] }
        }
        let channel = try CompletionChannel(committer: Forgetful())
        let error = await #expect(throws: CompletionChannelError.self) { try await channel.commit(1) }
        #expect(error?.code == .outcomeCount)
        #expect(channel.statistics.rejected == 1)
        #expect(channel.uncommitted == 0)
    }
}
