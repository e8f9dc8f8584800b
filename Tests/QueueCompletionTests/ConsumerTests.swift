import QueueCompletion
import Testing

@Suite("Attending", .timeLimit(.minutes(10)))
struct AttendanceTests {
    @Test("C2 an attended channel elects nobody; the consumer is told, takes, and settles")
    func takeAndSettle() async throws {
        let told = Counter()
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 3))
        let consumer = try channel.consume { told.add() }
        for item in 0..<4 { #expect(try channel.send(item) == nil) }
        #expect(told.count == 1)
        #expect(consumer.take() == [0, 1, 2])
        #expect(consumer.take() == [], "one batch is out at a time")
        #expect(recorder.settled.isEmpty)
        consumer.settle(["0", "1", "2"])
        #expect(told.count == 2, "there is more")
        #expect(consumer.take() == [3])
        consumer.settle(["3"])
        #expect(consumer.take() == [])
        #expect(told.count == 2)
        #expect(recorder.attempts.isEmpty, "the committer has no part in it")
        #expect(recorder.settled == [0, 1, 2, 3])
        #expect(channel.statistics.committed == 4)
        consumer.settle([])
        #expect(channel.statistics.committed == 4)
    }

    @Test("C2 one attends at a time, and another may after it")
    func oneAttendant() async throws {
        let channel = try Recorder().channel()
        let consumer = try channel.consume {}
        let error = #expect(throws: CompletionChannelError.self) { try channel.consume {} }
        #expect(error?.code == .alreadyConsumed)
        consumer.end()
        consumer.end()
        let second = try channel.consume {}
        _ = try channel.send(1)
        #expect(consumer.take() == [], "an ended consumer takes nothing")
        #expect(second.take() == [1])
        second.settle(["1"])
    }

    @Test("C6 a transaction that fails is recovered like a leader's batch")
    func recover() async throws {
        let clock = ManualClock()
        let recorder = Recorder(script: { batch, attempt in
            if attempt == 1 { throw Failure.busy }
            if batch.contains(2) { throw Failure.permanent }
        })
        let channel = try recorder.channel(clock: clock)
        let consumer = try channel.consume {}
        for item in 0..<4 { _ = try channel.send(item) }
        #expect(consumer.take() == [0, 1, 2, 3])
        let recovery = Task { await consumer.recover(after: Failure.busy) }
        for delay in [5, 10] {
            #expect(await clock.nextSleep() == .milliseconds(delay))
            _ = try channel.send(100 + delay)
            clock.advance(by: .milliseconds(delay))
        }
        await recovery.value
        #expect(recorder.settled == [0, 1, 3])
        #expect(recorder.rejected == [2])
        #expect(consumer.take() == [105, 110], "a recovery commits its own batch only")
        consumer.settle(["105", "110"])
        #expect(recorder.overlaps == 0)
    }

    @Test("C6 a lone item whose transaction failed for good is rejected without another attempt")
    func recoverLoneItem() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        let consumer = try channel.consume {}
        _ = try channel.send(1)
        _ = consumer.take()
        await consumer.recover(after: Failure.permanent)
        #expect(recorder.rejected == [1])
        #expect(recorder.attempts.isEmpty)
    }

    @Test("C6 outcomes that are too few are reported as such")
    func tooFewOutcomes() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        let consumer = try channel.consume {}
        for item in 0..<2 { _ = try channel.send(item) }
        _ = consumer.take()
        consumer.settle(["0"])
        #expect(recorder.rejected == [0, 1])
    }

    @Test("C2 items left at the end of a consumer go to the next sender")
    func leftForSender() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 1))
        let consumer = try channel.consume {}
        for item in 0..<3 { _ = try channel.send(item) }
        _ = consumer.take()
        consumer.end()
        consumer.settle(["0"])
        #expect(recorder.settled.isEmpty, "the batch was given back when the consumer ended")
        try await channel.complete(3)
        #expect(recorder.settled == [0, 1, 2, 3])
    }

    @Test("C2 items left at the end of a consumer go to a caller that waits")
    func leftForCaller() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        let consumer = try channel.consume {}
        let caller = Task { try await channel.commit(1) }
        await until { channel.uncommitted == 1 }
        consumer.end()
        #expect(try await caller.value == "1")
    }

    @Test("C2 letting go of a consumer ends it")
    func letGo() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        do {
            let consumer = try channel.consume {}
            _ = try channel.send(0)
            _ = consumer.take()
        }
        try await channel.complete(1)
        #expect(recorder.settled == [0, 1])
    }

    @Test("C10 a consumer's settlement wakes the caller that waits for it")
    func callerUnderAttendance() async throws {
        let channel = try Recorder().channel()
        let gate = Gate()
        gate.open()
        let consumer = try channel.consume { Task { await gate.pass() } }
        let caller = Task { try await channel.commit(4) }
        await gate.arrivals(1)
        #expect(consumer.take() == [4])
        consumer.settle(["four"])
        #expect(try await caller.value == "four")
    }

    @Test("C2 a consumer takes over from a sender, whose attempt it waits for")
    func takeOver() async throws {
        let gate = Gate()
        let told = Counter()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel()
        let leader = Task { try await channel.complete(0) }
        await gate.arrivals(1)
        let consumer = try channel.consume { told.add() }
        #expect(try channel.send(1) == nil)
        #expect(consumer.take() == [])
        #expect(told.count == 0)
        gate.open()
        try await leader.value
        #expect(told.count == 1)
        #expect(recorder.settled == [0])
        #expect(consumer.take() == [1])
        consumer.settle(["1"])
        #expect(recorder.settled == [0, 1])
    }

    @Test("C2 a consumer that comes while a sender backs off gets the batch at once")
    func takeOverFromBackOff() async throws {
        let clock = ManualClock()
        let told = Counter()
        let recorder = Recorder(script: { _, _ in throw Failure.busy })
        let channel = try recorder.channel(clock: clock)
        let leader = Task { try await channel.complete(0) }
        _ = await clock.nextSleep()
        let consumer = try channel.consume { told.add() }
        try await leader.value
        #expect(told.count == 1, "something waited already")
        #expect(consumer.take() == [0])
        consumer.settle(["0"])
        #expect(channel.uncommitted == 0)
    }

    @Test("C8 a drain waits for the batch that the consumer has taken, and commits the rest")
    func drainWhileAttended() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 2))
        let consumer = try channel.consume {}
        for item in 0..<3 { _ = try channel.send(item) }
        #expect(consumer.take() == [0, 1])
        channel.close()
        let drain = Task { await channel.drain() }
        await Task.yield()
        #expect(recorder.attempts.isEmpty)
        consumer.settle(["0", "1"])
        #expect(await drain.value == [])
        #expect(recorder.settled == [0, 1, 2])
        #expect(recorder.commits == [[2]])
    }

    @Test("C8 a drain takes over the batch of a consumer that recovers")
    func drainWhileRecovering() async throws {
        let clock = ManualClock()
        let recorder = Recorder()
        let channel = try recorder.channel(clock: clock)
        let consumer = try channel.consume {}
        _ = try channel.send(0)
        _ = consumer.take()
        let recovery = Task { await consumer.recover(after: Failure.busy) }
        _ = await clock.nextSleep()
        #expect(await channel.drain() == [])
        await recovery.value
        #expect(recorder.settled == [0])
    }

    @Test("C2 C5 senders and a consumer that comes and goes: everything once, in each sender's order")
    func comingAndGoing() async throws {
        let recorder = Recorder(script: { _, _ in await Task.yield() })
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 8, maxTurns: 2))
        await withThrowingTaskGroup { group in
            for sender in 0..<16 {
                group.addTask { for item in 0..<100 { try await channel.complete(sender * 100 + item) } }
            }
            group.addTask {
                for round in 0..<200 {
                    let consumer = try channel.consume {}
                    let batch = consumer.take()
                    await Task.yield()
                    switch round % 3 {
                    case 0: consumer.settle(batch.map(String.init))
                    case 1: await consumer.recover(after: Failure.permanent)
                    default: break
                    }
                    consumer.end()
                }
            }
        }
        #expect(await channel.drain() == [])
        #expect(channel.uncommitted == 0)
        #expect(recorder.overlaps == 0)
        #expect((recorder.settled + recorder.rejected).sorted() == Array(0..<1600))
        for sender in 0..<16 {
            let own = recorder.settled.filter { $0 / 100 == sender }
            #expect(own == own.sorted())
        }
    }
}
