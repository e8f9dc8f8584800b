import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Many jobs at once")
struct BulkTests {
    private func names(_ count: Int) -> [Work] { (0..<count).map { Work("\($0)") } }

    /// A predicate that all records meet, or none at all.
    private func everything(if isGiven: Bool) -> (@Sendable (JobRecord) -> Bool)? {
        guard isGiven else { return nil }
        return { _ in true }
    }

    @Test("Q1 more jobs than fit into a transaction are cancelled, each with its event")
    func cancel() async throws {
        let rig = Rig()
        let queue = try rig.queue { Domain("") { Worker() } }
        _ = try await queue.submit(contentsOf: names(600))
        let events = queue.events(.ended)
        #expect(try await queue.bulk.cancel(where: JobQuery(types: ["work"])) == JobQueue.BulkResult(changed: 600))
        #expect(try await queue.counts()[.cancelled] == 600)
        await queue.close()
        #expect(await events.kinds() == Array(repeating: .ended(.cancelled, nil), count: 600))
    }

    @Test("E6 running jobs that a query means are stopped, and their hooks run")
    func running() async throws {
        let rig = Rig()
        let gate = Gate()
        let cleaned = Recorder<String>()
        let queue = try rig.queue {
            Domain("") {
                Worker({ _, _ in try await gate.pass() }, cancelled: { work, _ in cleaned.append(work.name) })
            }
        }
        try await whileRunning(queue) {
            let outcomes = try await queue.submit(contentsOf: names(2), SubmitOptions(group: "g"))
            await gate.arrivals(2)
            #expect(try await queue.bulk.cancel(where: JobQuery(group: "g")) == JobQueue.BulkResult(requested: 2))
            for outcome in outcomes { try await queue.expectEnd(of: outcome.id, .cancelled) }
        }
        #expect(Set(cleaned.all) == ["0", "1"])
    }

    @Test("E6 jobs are cancelled by a predicate over their records")
    func predicate() async throws {
        let rig = Rig()
        let queue = try rig.queue { Domain("") { Worker() } }
        _ = try await queue.submit(contentsOf: names(700))
        let result = try await queue.bulk.cancel(where: JobQuery(states: [.pending])) {
            $0.id.rawValue.isMultiple(of: 3)
        }
        #expect(result == JobQueue.BulkResult(changed: 233))
        let left = try await queue.jobs(JobQuery(states: [.pending], limit: 1000)).jobs
        #expect(left.count == 467)
        #expect(left.allSatisfy { !$0.id.rawValue.isMultiple(of: 3) })
        #expect(try await queue.bulk.cancel(where: JobQuery()) { _ in false } == JobQueue.BulkResult())
    }

    @Test("E4 dead letters are retried and purged by a filter", arguments: [true, false])
    func deadLetters(byPredicate: Bool) async throws {
        let rig = Rig()
        let isMended = Flag()
        let queue = try rig.queue {
            Domain("") { Worker { _, _ in if !isMended.isSet { throw JobError.retryable("down") } } }
        }
        let letters = JobQuery(states: [.deadLettered])
        let isMeant = everything(if: byPredicate)
        try await whileRunning(queue) {
            for outcome in try await queue.submit(contentsOf: names(3), SubmitOptions(retry: RetryPolicy.none)) {
                try await queue.expectEnd(of: outcome.id, .deadLettered)
            }
            isMended.isSet = true
            let events = queue.events(.submitted)
            #expect(try await queue.bulk.resubmit(where: letters, matching: isMeant) == JobQueue.BulkResult(changed: 3))
            for id in 4...6 as ClosedRange<Int64> {
                try await queue.expectEnd(of: JobID(id), .completed)
                #expect(await events.first { _ in true }?.kind == .submitted(.inserted(JobID(id))))
            }
            #expect(
                try await queue.bulk.deleteEnded(where: letters, matching: isMeant) == JobQueue.BulkResult(changed: 3))
            #expect(try await queue.count(letters) == 0)
        }
    }

    @Test("Q1 jobs are given another priority and another group")
    func changing() async throws {
        let rig = Rig()
        let queue = try rig.queue { Domain("") { Worker() } }
        _ = try await queue.submit(contentsOf: names(3))
        #expect(try await queue.bulk.setPriority(.idle, where: JobQuery()).changed == 3)
        #expect(
            try await queue.bulk.move(toGroup: "g", where: JobQuery(), matching: { $0.id == JobID(2) }).changed == 1)
        #expect(try await queue.count(JobQuery(group: "g", priorities: .idle ... .idle)) == 1)
        #expect(try await queue.bulk.move(toGroup: nil, where: JobQuery()).changed == 1)
        await expect(failing: .invalidText) { try await queue.bulk.move(toGroup: "", where: JobQuery()) }
    }

    @Test("Q3 jobs that are given another priority are told once a step and type, to those of one job by itself")
    func edited() async throws {
        let queue = try Rig().queue {
            Domain("") {
                Worker()
                OtherWorker()
            }
        }
        let ids = try await queue.submit(contentsOf: names(300)).map(\.id)
        let other = try await queue.submit(Other()).id
        let all = queue.events(.edited)
        let ofType = queue.events(of: Other.self)
        let ofJob = queue.events(of: ids[7])
        try await queue.bulk.setPriority(.high, where: JobQuery())
        try await queue.bulk.move(toGroup: "g", where: JobQuery(ids: [ids[7]]))
        try await queue.bulk.move(toGroup: "g", where: JobQuery(ids: [ids[7]]))
        await queue.close()
        var told: [JobEvent] = []
        for await event in all { told.append(event) }
        #expect(
            told.map(\.kind) == [
                .edited(.priority(.high), count: 256), .edited(.priority(.high), count: 44),
                .edited(.priority(.high), count: 1), .edited(.group("g"), count: 1),
            ])
        #expect(told.map(\.id) == [nil, nil, other, ids[7]])
        #expect(told.map(\.type) == [Work.type, Work.type, Other.type, Work.type])
        #expect(await ofType.kinds() == [.edited(.priority(.high), count: 1)])
        #expect(
            await ofJob.kinds() == [.edited(.priority(.high), count: 1), .edited(.group("g"), count: 1)])
    }

    @Test("Q1 children and dependents that end with a job count as what followed")
    func followed() async throws {
        let rig = Rig()
        let queue = try rig.queue { Domain("") { Worker() } }
        let first = try await queue.submit(Work("first")).id
        for name in ["a", "b"] {
            _ = try await queue.submit(Work(name), SubmitOptions(dependencies: [.job(first)]))
        }
        #expect(
            try await queue.bulk.cancel(where: JobQuery(ids: [first])) == JobQueue.BulkResult(changed: 1, followed: 2))
    }

    @Test("Q1 a step that fails for a reason that may pass is tried again, after a pause")
    func transient() async throws {
        let rig = Rig()
        let busy = QueueError(.busy, "locked", isTransient: true)
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(.apply), calls: 2...3, throwing: busy)])
        let queue = try rig.queue(over: store) { Domain("") { Worker() } }
        _ = try await queue.submit(contentsOf: names(300))
        async let result = queue.bulk.cancel(where: JobQuery())
        try await rig.advance { try await queue.counts()[.cancelled] == 300 }
        #expect(try await result == JobQueue.BulkResult(changed: 300))
        #expect(store.calls(of: .apply) == 4)
    }

    @Test("Q1 an error says what was done before it, and a later call goes on from there", arguments: [true, false])
    func interrupted(byPredicate: Bool) async throws {
        let rig = Rig()
        let broken = QueueError(.corrupt, "the page is damaged")
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(.apply), call: 2, throwing: broken)])
        let queue = try rig.queue(over: store) { Domain("") { Worker() } }
        _ = try await queue.submit(contentsOf: names(300))
        let isMeant = everything(if: byPredicate)
        let error = await expect(failing: .corrupt) {
            try await queue.bulk.cancel(where: JobQuery(), matching: isMeant)
        }
        let interruption = try #require(error?.underlying as? JobQueue.BulkResult.Interruption)
        #expect(interruption.result.changed == 256)
        #expect(interruption.cause.code == .corrupt)
        let next = try #require(interruption.result.next)
        _ = try await queue.submit(Work("later"))
        let rest = try await queue.bulk.apply(.cancel, to: JobQuery(), from: next, matching: isMeant)
        #expect(rest == JobQueue.BulkResult(changed: 44))
        #expect(try await queue.counts()[.pending] == 1)
    }

    @Test("Q1 an error of the first step is the store's own")
    func first() async throws {
        let rig = Rig()
        let broken = QueueError(.corrupt, "the page is damaged")
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(.apply), throwing: broken)])
        let queue = try rig.queue(over: store) { Domain("") { Worker() } }
        _ = try await queue.submit(Work())
        let error = await expect(failing: .corrupt) { try await queue.bulk.cancel(where: JobQuery()) }
        #expect(error?.underlying == nil)
        await expect(failing: .invalidOption) { try await queue.bulk.cancel(where: JobQuery(limit: 0)) }
    }

    @Test("Q1 a cancelled task ends after a step, and is told where to go on")
    func cancelledTask() async throws {
        let rig = Rig()
        let queue = try rig.queue { Domain("") { Worker() } }
        _ = try await queue.submit(contentsOf: names(300))
        let result = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await queue.bulk.cancel(where: JobQuery())
        }.result
        #expect(try result.get().changed == 256)
        #expect(try result.get().next == JobQuery.BulkCursor(after: JobID(256), last: JobID(300)))
    }
}
