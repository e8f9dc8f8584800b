import QueueCompletion
import Testing

@Suite("Back-pressure", .timeLimit(.minutes(10)))
struct BackpressureTests {
    @Test("C7 the channel holds back above the limit, until it is down to half, and tells both")
    func hysteresis() async throws {
        let gate = Gate()
        let told = Counter()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel(
            CompletionChannelOptions(maxBatch: 1, maxUncommitted: 4), readinessChanged: { told.add() })
        let leader = Task { try await channel.complete(0) }
        await gate.arrivals(1)
        for item in 1..<4 { try await channel.complete(item) }
        #expect(!channel.isHoldingBack && told.count == 0)
        try await channel.complete(4)
        #expect(channel.isHoldingBack && told.count == 1)
        try await channel.complete(5)
        #expect(channel.uncommitted == 6 && told.count == 1, "sending goes on")
        for done in 1...3 {
            gate.letGo()
            await gate.arrivals(done + 1)
            #expect(channel.uncommitted == 6 - done)
            #expect(channel.isHoldingBack)
        }
        gate.letGo()
        await gate.arrivals(5)
        #expect(channel.uncommitted == 2)
        #expect(!channel.isHoldingBack && told.count == 2)
        gate.open()
        try await leader.value
        #expect(told.count == 2)
    }

    @Test("C7 items count as uncommitted while the consumer's transaction runs")
    func attended() async throws {
        let told = Counter()
        let channel = try Recorder().channel(
            CompletionChannelOptions(maxUncommitted: 2), readinessChanged: { told.add() })
        let consumer = try channel.consume {}
        for item in 0..<3 { _ = try channel.send(item) }
        #expect(consumer.take() == [0, 1, 2])
        #expect(channel.uncommitted == 3 && channel.isHoldingBack)
        consumer.settle(["0", "1", "2"])
        #expect(channel.uncommitted == 0 && !channel.isHoldingBack)
        #expect(told.count == 2)
    }

    @Test("C7 a drain that hands items back ends the holding back")
    func handedBack() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxUncommitted: 1))
        for item in 0..<3 { _ = try channel.send(item) }
        #expect(channel.isHoldingBack)
        #expect(await channel.drain(within: .zero) == [0, 1, 2])
        #expect(!channel.isHoldingBack)
    }
}
