import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Aging and fair share") struct FairnessTests {
    private let order = Recorder<String>()

    private func queue(_ rig: Rig) throws -> JobQueue {
        try rig.queue { Worker { [order] job, _ in order.append(job.name) } }
    }

    @Test("D5 a job that has waited long enough comes before a more urgent one")
    func aging() async throws {
        var rig = Rig(concurrency: 1)
        rig.configuration.aging = AgingPolicy(grace: .seconds(10), interval: .seconds(1), ceiling: .high)
        let queue = try queue(rig)
        let old = try await queue.submit(Work("old"), SubmitOptions(priority: 130)).id
        rig.time.advance(by: .seconds(13))
        _ = try await queue.submit(Work("new"), SubmitOptions(priority: 128))
        #expect(try await queue.explain(old).effectivePriority == 127)
        #expect(try await queue.inspector.peek()?.id == old)
        try await queue.runUntilIdle()
        #expect(order.all == ["old", "new"])
        #expect(try await queue.job(old)?.priority == 130)
    }

    @Test("D5 aging can be turned on and off while the queue runs")
    func changes() async throws {
        let rig = Rig(concurrency: 1)
        let queue = try queue(rig)
        let old = try await queue.submit(Work("old"), SubmitOptions(priority: .idle)).id
        rig.time.advance(by: .seconds(1000))
        let new = try await queue.submit(Work("new")).id
        #expect(try await queue.inspector.peek()?.id == new)
        try queue.limits.setAging(AgingPolicy(grace: .zero, interval: .seconds(1)))
        #expect(try await queue.inspector.peek()?.id == old)
        try queue.limits.setAging(nil)
        #expect(try await queue.inspector.peek()?.id == new)
        await expect(failing: .invalidOption) { try queue.limits.setAging(AgingPolicy(grace: .seconds(-1))) }
        await expect(failing: .invalidOption) { try queue.limits.setAging(AgingPolicy(interval: .zero)) }
    }

    @Test("D6 slots are divided by weight, and a group without work leaves its share to the others")
    func shares() async throws {
        var rig = Rig(concurrency: 1)
        rig.configuration.fairShare = FairSharePolicy(groups: ["heavy": FairSharePolicy.Share(weight: 3)])
        let queue = try queue(rig)
        try await queue.submit(contentsOf: (0..<30).map { _ in Work("light") }, SubmitOptions(group: "light"))
        try await queue.submit(contentsOf: (0..<30).map { _ in Work("heavy") }, SubmitOptions(group: "heavy"))
        try await queue.runUntilIdle()
        // While both have work, three of four are heavy; then the light ones have all.
        #expect(order.all.prefix(36).count { $0 == "heavy" } == 27)
        #expect(order.all.suffix(20).allSatisfy { $0 == "light" })
        #expect(order.all.count == 60)
    }

    @Test("D6 minimum slots and caps of groups hold at once")
    func slots() async throws {
        var rig = Rig(concurrency: 4)
        rig.configuration.fairShare = FairSharePolicy(
            groups: [
                "small": FairSharePolicy.Share(minimumSlots: 2),
                "capped": FairSharePolicy.Share(weight: 100, maximumSlots: 1),
            ])
        let gate = Gate()
        let queue = try rig.queue {
            Worker { [order] job, _ in
                order.append(job.name)
                try await gate.pass()
            }
        }
        for name in ["capped", "large", "small"] {
            try await queue.submit(
                contentsOf: (0..<4).map { _ in Work(name) },
                SubmitOptions(priority: name == "small" ? .idle : .normal, group: name))
        }
        try await whileRunning(queue) {
            await gate.arrivals(4)
            #expect(order.all.sorted() == ["capped", "large", "small", "small"])
            gate.open()
        }
    }

    @Test("D6 the policy can be changed while the queue runs, and is checked")
    func policy() async throws {
        let queue = try queue(Rig())
        try queue.limits.setFairShare(FairSharePolicy(groups: ["g": FairSharePolicy.Share(weight: 2)]))
        for share in [
            FairSharePolicy.Share(weight: 0), FairSharePolicy.Share(minimumSlots: -1),
            FairSharePolicy.Share(minimumSlots: 2, maximumSlots: 1),
        ] {
            await expect(failing: .invalidOption) { try queue.limits.setFairShare(FairSharePolicy(otherGroups: share)) }
            await expect(failing: .invalidOption) {
                try queue.limits.setFairShare(FairSharePolicy(withoutGroup: share))
            }
        }
        try queue.limits.setFairShare(nil)
    }
}
