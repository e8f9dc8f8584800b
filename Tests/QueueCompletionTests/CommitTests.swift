import QueueCompletion
import Testing

@Suite("Waiting for one's own outcome", .timeLimit(.minutes(10)))
struct CommitTests {
    @Test("C10 concurrent callers share commits, and each gets its own outcome")
    func ownOutcome() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, attempt in if attempt == 1 { await gate.pass() } })
        let channel = try recorder.channel()
        let outcomes = try await withThrowingTaskGroup { group in
            group.addTask { (0, try await channel.commit(0)) }
            await gate.arrivals(1)
            for item in 1..<100 { group.addTask { (item, try await channel.commit(item)) } }
            await until { channel.uncommitted == 100 }
            gate.open()
            return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, String($0)) }))
        #expect(recorder.commits.count == 2)
    }

    @Test("C10 each caller gets its own error")
    func ownError() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { batch, attempt in
            if attempt == 1 { await gate.pass() }
            let bad = batch.filter { $0 % 10 == 3 }
            if !bad.isEmpty { throw Failure.poison(bad) }
        })
        let channel = try recorder.channel()
        let errors = await withTaskGroup { group in
            group.addTask { (0, await Result { try await channel.commit(0) }) }
            await gate.arrivals(1)
            for item in 1..<40 { group.addTask { (item, await Result { try await channel.commit(item) }) } }
            await until { channel.uncommitted == 40 }
            gate.open()
            return await group.reduce(into: [Int: Failure]()) { errors, end in
                if case .failure(let error) = end.1 { errors[end.0] = error as? Failure }
            }
        }
        #expect(errors == [3: .poison([3]), 13: .poison([13]), 23: .poison([23]), 33: .poison([33])])
        #expect(recorder.settled.count == 36)
    }

    @Test("C2 when a turn is over, a caller that waits for its outcome leads")
    func waiterLeads() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel(CompletionChannelOptions(maxBatch: 2, maxTurns: 2))
        let first = Task { try await channel.complete(0) }
        await gate.arrivals(1)
        let waiters = (1...5).map { item in Task { try await channel.commit(item) } }
        await until { channel.uncommitted == 6 }
        gate.letGo()
        await gate.arrivals(2)
        gate.letGo()
        // The third batch is nobody's turn but a waiter's: the first is done.
        try await first.value
        gate.open()
        for waiter in waiters { _ = try await waiter.value }
        #expect(recorder.settled.count == 6)
        #expect(recorder.overlaps == 0)
    }

    @Test("C2 a dropped lead goes to a caller that waits")
    func waiterInherits() async throws {
        let recorder = Recorder()
        let channel = try recorder.channel()
        let leadership = Once(try channel.send(1))
        let waiter = Task { try await channel.commit(2) }
        await until { channel.uncommitted == 2 }
        leadership.drop()
        #expect(try await waiter.value == "2")
        #expect(recorder.commits == [[1, 2]])
    }

    @Test("C2 a caller's outcome is not lost by its cancellation")
    func cancelledCaller() async throws {
        let gate = Gate()
        let recorder = Recorder(script: { _, _ in await gate.pass() })
        let channel = try recorder.channel()
        let leader = Task { try await channel.complete(0) }
        await gate.arrivals(1)
        let caller = Task { try await channel.commit(1) }
        await until { channel.uncommitted == 2 }
        caller.cancel()
        gate.open()
        #expect(try await caller.value == "1")
        try await leader.value
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
