import QueueCompletion
import Testing

@Suite("Draining", .timeLimit(.minutes(10)))
struct DrainTests {
    @Test("C8 a drain commits what nobody leads")
    func idle() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 2, linger: .seconds(3600)))
        for item in 0..<5 { _ = try channel.send(item) }
        channel.close()
        #expect(await channel.drain() == [])
        #expect(recorder.commits == [[0, 1], [2, 3], [4]])
        #expect(await channel.drain() == [])
    }

    @Test("C8 a drain waits for the leader's attempt and commits the rest")
    func led() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, attempt in if attempt == 1 { await gate.pass() } })
        let channel = try recorder.channel()
        let leader = Task { try await channel.complete(0) }
        await gate.arrivals(1)
        try await channel.complete(1)
        channel.close()
        let drain = Task { await channel.drain() }
        gate.open()
        #expect(await drain.value == [])
        try await leader.value
        #expect(recorder.settled == [0, 1])
        #expect(recorder.overlaps == 0)
    }

    @Test("C8 a cancelled drain commits all the same")
    func cancelled() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { _, attempt in if attempt == 1 { throw Failure.busy } })
        let channel = try recorder.channel(clock: clock)
        _ = try channel.send(0)
        let drain = Task { await channel.drain() }
        drain.cancel()
        #expect(await clock.nextSleep() == .milliseconds(5))
        clock.advance(by: .milliseconds(5))
        #expect(await drain.value == [])
        #expect(recorder.settled == [0])
    }

    @Test("C8 a drain cuts the leader's linger short, and the leader returns")
    func lingering() async throws {
        let clock = ManualClock()
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(linger: .seconds(60)), clock: clock)
        let leader = Task { try await channel.complete(0) }
        #expect(await clock.nextSleep() == .seconds(60))
        channel.close()
        #expect(await channel.drain() == [])
        try await leader.value
        #expect(recorder.settled == [0])
    }

    @Test("C8 a drain takes over from a leader that backs off, and the leader returns")
    func backingOff() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { _, attempt in if attempt == 1 { throw Failure.busy } })
        let channel = try recorder.channel(clock: clock)
        let leader = Task { try await channel.complete(0) }
        _ = await clock.nextSleep()
        #expect(await channel.drain(within: .seconds(1)) == [])
        try await leader.value
        #expect(recorder.settled == [0])
    }

    @Test("C8 a drain whose time is up returns what is not stored, in order, and attempts nothing more")
    func deadline() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { batch, _ in
            if batch.contains(3) { throw batch.count > 2 ? Failure.permanent : Failure.busy }
        })
        let channel = try recorder.channel(
            CompletionChannelOptions(
                maxBatch: 4, backoff: TransientBackoff(initial: .seconds(1), maximum: .seconds(8))),
            clock: clock)
        for item in 0..<6 { _ = try channel.send(item) }
        channel.close()
        let drain = Task { await channel.drain(within: .seconds(10)) }
        for expected in [1, 2, 4, 3] {
            #expect(await clock.nextSleep() == .seconds(expected), "the last is cut to what is left")
            clock.advance(by: .seconds(expected))
        }
        #expect(await drain.value == [2, 3, 4, 5])
        #expect(recorder.settled == [0, 1])
        #expect(recorder.attempts == [[0, 1, 2, 3], [0, 1], [2, 3], [2, 3], [2, 3], [2, 3]])
        #expect(channel.uncommitted == 0)
        #expect(channel.statistics.handedBack == 4)
    }

    @Test("C8 a caller whose item is handed back gets an error that says so")
    func handedBackToCaller() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { _, _ in throw Failure.busy })
        let channel = try recorder.channel(clock: clock)
        let caller = Task { try await channel.commit(7) }
        _ = await clock.nextSleep()
        #expect(await channel.drain(within: .zero) == [7])
        let error = await #expect(throws: CompletionChannelError.self) { try await caller.value }
        #expect(error?.code == .notStored)
    }

    @Test("C8 a drain that meets another waits for it, and hands nothing back twice")
    func twoDrains() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel()
        _ = try channel.send(0)
        let first = Task { await channel.drain() }
        await gate.arrivals(1)
        let second = Task { await channel.drain(within: .zero) }
        await Task.yield()
        gate.open()
        #expect(await first.value == [])
        #expect(await second.value == [])
        #expect(recorder.settled == [0])
    }

    @Test("C8 a drain of an open channel ends though sending goes on")
    func openChannel() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 1))
        _ = try channel.send(0)
        let drain = Task { await channel.drain() }
        await gate.arrivals(1)
        _ = try channel.send(1)
        gate.letGo()
        await gate.arrivals(2)
        let successor = Task { try await channel.complete(2) }
        await until { channel.uncommitted == 2 }
        gate.letGo()
        #expect(await drain.value == [])
        gate.open()
        try await successor.value
        #expect(recorder.settled == [0, 1, 2])
    }
}
