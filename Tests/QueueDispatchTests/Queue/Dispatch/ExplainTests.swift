import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Explanations") struct ExplainTests {
    @Test("D14 a job that nothing holds has no obstacle, one behind it names it, and a queue that does not run says so")
    func order() async throws {
        let queue = try Rig().queue { Worker() }
        let first = try await queue.submit(Work()).id
        let second = try await queue.submit(Work()).id
        #expect(try await queue.explain(first).obstacles == [.queueNotRunning])
        #expect(try await queue.explain(second).obstacles == [.queueNotRunning, .behind(first)])
        await expect(failing: .unknownJob) { try await queue.explain(JobID(99)) }
        try await queue.runUntilIdle()
        #expect(try await queue.explain(second).obstacles == [])
        #expect(try await queue.explain(second).job.state == .completed)
    }

    @Test("D14 slots of the worker, the domain and the group are given with their figures")
    func slots() async throws {
        var rig = Rig(concurrency: 2)
        rig.configuration.groups["s3"] = GroupRule(limit: 1)
        let gate = Gate()
        let queue = try rig.queue {
            Domain("media") { Worker { _, _ in try await gate.pass() } }.concurrency(2)
        }
        let ids = try await queue.submit(
            contentsOf: [Work("a"), Work("b"), Work("c")], SubmitOptions(group: "s3")
        ).map(\.id)
        let other = try await queue.submit(Work("d")).id
        try await whileRunning(queue) {
            await gate.arrivals(2)
            let explanation = try await queue.explain(ids[1])
            #expect(
                explanation.blocks == [
                    QueueModel.Gate.Block(.workerSlot, .slots(running: 2, limit: 2)),
                    QueueModel.Gate.Block(.domainSlot, .slots(running: 2, limit: 2)),
                    QueueModel.Gate.Block(.groupSlot, .slots(running: 1, limit: 1)),
                ])
            #expect(explanation.description.contains("group \"s3\": 1 of 1 running"))
            #expect(explanation.description.contains("domain \"media\": 2 of 2 running"))
            #expect(try await queue.explain(other).job.state == .running)
            gate.open()
        }
    }

    @Test("D14 dependencies, children and the earliest start are named")
    func relations() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker() }
        let first = try await queue.submit(Work(), SubmitOptions(runAfter: .delay(.seconds(60)))).id
        let second = try await queue.submit(Work(), SubmitOptions(dependencies: [.job(first)])).id
        #expect(try await queue.explain(second).obstacles == [.dependencies([first], count: 1)])
        let explanation = try await queue.explain(first)
        let start = rig.now.advanced(by: .seconds(60))
        #expect(explanation.obstacles == [.queueNotRunning, .gate(QueueModel.Gate.Block(.due, .notDue, until: start))])
        #expect(explanation.until == nil)
        #expect(explanation.blocks.first?.until == start)
    }

    @Test("D14 pauses are named with their reasons")
    func pauses() async throws {
        let queue = try Rig().queue { Domain("d") { Worker() } }
        let id = try await queue.submit(Work(), SubmitOptions(group: "g")).id
        try await queue.pause(.group("g"), reason: "migration")
        try await queue.pause(.domain("d"), reason: "night")
        try await queue.pause(.group("other"))
        let explanation = try await queue.explain(id)
        #expect(explanation.blocks.map(\.gate) == [.domainPause, .groupPause])
        #expect(
            explanation.pauses == [Pause(.group("g"), reason: "migration"), Pause(.domain("d"), reason: "night")])
        #expect(explanation.description.contains("\"migration\""))
    }

    @Test("D14 a type without an executor here is named")
    func noExecutor() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker() }
        let outcome = try await rig.memory.submit(JobSubmission(type: "foreign"), at: rig.now)
        #expect(try await queue.explain(outcome.id).obstacles == [.queueNotRunning, .noExecutor])
    }
}
