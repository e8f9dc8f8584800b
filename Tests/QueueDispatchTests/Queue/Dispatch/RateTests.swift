import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@testable import QueueDispatch

/// A job of which one may start a second.
private struct Rated: Job {
    static let type: JobType = "rated"
    static let aliases: [JobType] = ["formerly-rated"]
    static let rateLimit: RateLimit? = .perSecond(1)
}

private struct RatedWorker: JobExecutor {
    let starts: Recorder<JobID>

    @concurrent func execute(_ job: Rated, in context: JobContext) async throws { starts.append(context.id) }
}

@Suite("Rate limits") struct RateTests {
    private let starts = Recorder<JobID>()

    private func queue(_ rig: Rig, over store: (any JobStore)? = nil) throws -> JobQueue {
        try rig.queue(over: store) {
            RatedWorker(starts: starts)
            Worker()
        }
    }

    @Test("D4 a throttled type sleeps until its next token, and no turn is made meanwhile")
    func sleeps() async throws {
        let rig = Rig()
        let claims = Recorder<Int>()
        let store = HookedStore(
            rig.memory, after: { _, request in if let request { claims.append(request.limit) } })
        let queue = try queue(rig, over: store)
        let ids = try await queue.submit(contentsOf: (0..<3).map { _ in Rated() }).map(\.id)
        try await whileRunning(queue) {
            for (index, id) in ids.enumerated() {
                try await queue.expectEnd(of: id, .completed)
                #expect(starts.all.count == index + 1)
                if id == ids.last { break }
                // The loop sleeps, and its next alarm is the token's.
                try await rig.time.clock.sleepers(atLeast: 1)
                while rig.time.clock.nextDeadline?.offset != .seconds(index + 1) { await Task.yield() }
                let before = claims.all.count
                rig.time.advance(by: .milliseconds(999))
                #expect(claims.all.count == before)
                rig.time.advance(by: .milliseconds(1))
            }
        }
        #expect(starts.all == ids)
    }

    @Test("D4 a throttled type holds back no other, and keeps a queue from being idle")
    func others() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        let rated = try await queue.submit(contentsOf: [Rated(), Rated()]).map(\.id)
        let other = try await queue.submit(Work(), SubmitOptions(priority: .idle)).id
        async let run: Void = queue.runUntilIdle()
        try await queue.expectEnd(of: other, .completed)
        #expect(try await queue.job(rated[1])?.state == .pending)
        try await rig.advance { try await queue.job(rated[1])?.state == .completed }
        try await run
    }

    @Test("D4 a group has a rate of its own, which can be changed while the queue runs")
    func groups() async throws {
        var rig = Rig()
        rig.configuration.groups["api"] = GroupRule(rate: .perHour(1))
        let queue = try queue(rig)
        try await whileRunning(queue) {
            let ids = try await queue.submit(
                contentsOf: [Work("a"), Work("b"), Work("c")], SubmitOptions(group: "api")
            ).map(\.id)
            try await queue.expectEnd(of: ids[0], .completed)
            #expect(try await queue.explain(ids[1]).blocks.map(\.gate) == [.groupRate])
            try queue.limits.setRule(GroupRule(rate: .perHour(1, burst: 2)), ofGroup: "api")
            try await queue.expectEnd(of: ids[1], .completed)
            #expect(try await queue.job(ids[2])?.state == .pending)
            try queue.limits.setRule(nil, ofGroup: "api")
            try await queue.expectEnd(of: ids[2], .completed)
        }
    }

    @Test("D4 a type's rate can be changed and taken away while the queue runs, former names included")
    func types() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        // A job that was stored under a former name draws on the same bucket.
        _ = try await rig.memory.submit(JobSubmission(type: "formerly-rated", payload: Array("{}".utf8)), at: rig.now)
        try await whileRunning(queue) {
            try await queue.expectEnd(of: JobID(1), .completed)
            let ids = try await queue.submit(contentsOf: (0..<3).map { _ in Rated() }).map(\.id)
            #expect(try await queue.explain(ids[0]).blocks.map(\.gate) == [.typeRate])
            try queue.limits.setRateLimit(.perSecond(1, burst: 2), of: Rated.self)
            try await queue.expectEnd(of: ids[0], .completed)
            #expect(try await queue.job(ids[1])?.state == .pending)
            try queue.limits.setRateLimit(nil, of: Rated.self)
            try await queue.expectEnd(of: ids[2], .completed)
        }
    }

    @Test("D4 a rate out of range is refused, and changes nothing")
    func ranges() async throws {
        var rig = Rig()
        let queue = try queue(rig)
        await expect(failing: .invalidOption) { try queue.limits.setRateLimit(.perSecond(0), of: Rated.self) }
        await expect(failing: .invalidOption) {
            try queue.limits.setRule(GroupRule(rate: .perSecond(1, burst: 0)), ofGroup: "g")
        }
        await expect(failing: .unknownJobType) { try queue.limits.setRateLimit(.perSecond(1), of: Other.self) }
        rig.configuration.otherGroups = GroupRule(rate: RateLimit(1, per: .zero))
        await expect(failing: .invalidOption) { [rig] in try self.queue(rig) }
    }
}
