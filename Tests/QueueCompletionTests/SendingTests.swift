import QueueCompletion
import Testing

@Suite("Sending and leading", .timeLimit(.minutes(10)))
struct SendingTests {
    @Test("C1 sending neither suspends nor commits, and hands the first sender the lead")
    func sendOnly() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        let leadership = try channel.send(1)
        for item in 2...5 { #expect(try channel.send(item) == nil) }
        #expect(recorder.attempts.isEmpty)
        #expect(channel.uncommitted == 5)
        await leadership?.run()
        #expect(recorder.commits == [[1, 2, 3, 4, 5]])
        #expect(channel.uncommitted == 0)
    }

    @Test("C1 a closed channel gives the item back")
    func closed() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        channel.close()
        channel.close()
        var returned: [Int] = []
        do throws(ChannelClosed<Int>) { _ = try channel.send(1) } catch { returned.append(error.item) }
        do throws(ChannelClosed<Int>) { try await channel.complete(2) } catch { returned.append(error.item) }
        do { _ = try await channel.commit(3) } catch let error as ChannelClosed<Int> { returned.append(error.item) }
        #expect(returned == [1, 2, 3])
        #expect(channel.uncommitted == 0)
        #expect(recorder.attempts.isEmpty)
    }

    @Test("C1 what was sent before the close is committed")
    func sentBeforeClose() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        let leadership = try channel.send(1)
        channel.close()
        await leadership?.run()
        #expect(recorder.settled == [1])
    }

    @Test("C2 C5 many senders: one commit at a time, each item settled once, each sender's in its order")
    func manySenders() async throws {
        let senders = 64
        let each = 100
        let recorder = Recorder(script: { _, _ in await Task.yield() })
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 50, maxTurns: 3))
        await withThrowingTaskGroup { group in
            for sender in 0..<senders {
                group.addTask { for item in 0..<each { try await channel.complete(sender * each + item) } }
            }
        }
        #expect(await channel.drain() == [])
        #expect(recorder.overlaps == 0)
        #expect(recorder.toldTooEarly == [])
        #expect(recorder.settled == recorder.commits.flatMap(\.self))
        #expect(recorder.settled.count == senders * each)
        for sender in 0..<senders {
            let own = recorder.settled.filter { $0 / each == sender }
            #expect(own == Array(sender * each..<(sender + 1) * each))
        }
        #expect(channel.statistics.committed == senders * each)
        #expect(channel.statistics.batches == recorder.commits.count)
    }

    @Test("C2 nothing is left behind when all senders have returned", arguments: 0..<100 as Range<UInt64>)
    func noLostWakeUp(seed: UInt64) async throws {
        let recorder = Recorder(script: { batch, _ in if batch.count.isMultiple(of: 2) { await Task.yield() } })
        var generator = SeededGenerator(seed: seed)
        let channel = try recorder.channel(
            CompletionChannelOptions(
                maxBatch: .random(in: 1...4, using: &generator), maxTurns: .random(in: 1...3, using: &generator)))
        let plans = (0..<8).map { _ in (0..<10).map { _ in Int.random(in: 0...2, using: &generator) } }
        await withThrowingTaskGroup { group in
            for plan in plans {
                group.addTask {
                    for step in plan {
                        for _ in 0..<step { await Task.yield() }
                        if step == 1 { _ = try await channel.commit(step) } else { try await channel.complete(step) }
                    }
                }
            }
        }
        #expect(channel.uncommitted == 0)
        #expect(recorder.settled.count == 80)
        #expect(recorder.overlaps == 0)
    }

    @Test("C2 a batch is what was sent while the last commit ran")
    func adaptiveBatch() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, attempt in if attempt == 1 { await gate.pass() } })
        let channel = try recorder.channel()
        async let leader: Void = channel.complete(0)
        await gate.arrivals(1)
        for item in 1...100 { try await channel.complete(item) }
        #expect(recorder.commits.isEmpty, "the others return at once")
        gate.open()
        try await leader
        #expect(recorder.commits == [[0], Array(1...100)])
    }

    @Test("C9 no batch is larger than the limit")
    func maxBatch() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 3))
        let leadership = try channel.send(0)
        for item in 1..<8 { _ = try channel.send(item) }
        await leadership?.run()
        #expect(recorder.commits == [[0, 1, 2], [3, 4, 5], [6, 7]])
    }

    @Test("C2 the sender that comes when a turn ends leads next, and the first returns")
    func boundedTurn() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 1, maxTurns: 1))
        async let first: Void = channel.complete(0)
        await gate.arrivals(1)
        async let second: Void = channel.complete(1)
        await until { channel.uncommitted == 2 }
        gate.letGo()
        try await first
        await gate.arrivals(2)
        #expect(recorder.commits == [[0]], "the first returned though the second's item is not committed")
        gate.open()
        try await second
        #expect(recorder.commits == [[0], [1]])
    }

    @Test("C2 a leader whose turn is over goes on while nobody else can lead")
    func unboundedTurn() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 1, maxTurns: 2))
        let leadership = try channel.send(0)
        for item in 1..<10 { _ = try channel.send(item) }
        await leadership?.run()
        #expect(recorder.settled == Array(0..<10))
    }

    @Test("C2 a dropped lead goes to the next sender, and nothing is lost")
    func droppedLead() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        _ = try channel.send(1)
        #expect(channel.uncommitted == 1)
        try await channel.complete(2)
        #expect(recorder.commits == [[1, 2]])
    }

    @Test("C2 cancelling the leader's task does not stop it")
    func cancelledLeader() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel()
        let leader = Task { try await channel.complete(1) }
        await gate.arrivals(1)
        for item in 2...4 { try await channel.complete(item) }
        leader.cancel()
        gate.open()
        try await leader.value
        #expect(recorder.settled == [1, 2, 3, 4])
    }

    @Test("C9 a leader lingers before each batch that isn't full")
    func linger() async throws {
        let clock = ManualClock()
        let recorder = Recorder()
        let channel = try recorder.channel(
            CompletionChannelOptions(maxBatch: 3, linger: .milliseconds(20)), clock: clock)
        async let leader: Void = channel.complete(0)
        #expect(await clock.nextSleep() == .milliseconds(20))
        try await channel.complete(1)
        #expect(recorder.commits.isEmpty)
        clock.advance(by: .milliseconds(20))
        try await leader
        #expect(recorder.commits == [[0, 1]])
    }

    @Test("C2 a sender may send from where it is told of a settlement")
    func sendFromSettled() async throws {
        let recorder = Recorder()
        let box = Box()
        let channel = try CompletionChannel<Int, String>(committer: recorder) { settlement in
            guard case .committed(let items, _) = settlement else { return }
            for item in items where item < 5 { _ = try? box.channel?.send(item + 1) }
        }
        box.channel = channel
        try await channel.complete(0)
        #expect(recorder.commits == [[0], [1], [2], [3], [4], [5]])
        box.channel = nil
    }
}
