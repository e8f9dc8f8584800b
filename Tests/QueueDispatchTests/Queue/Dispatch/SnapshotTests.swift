import Foundation
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Snapshot of the queue") struct SnapshotTests {
    private let gate = Gate()

    @Test("Q2 a queue that does not run is told with its limits and what waits")
    func idle() async throws {
        var rig = Rig(concurrency: 3)
        rig.configuration.groups["g"] = GroupRule(limit: 2, rate: .perMinute(1, burst: 4))
        let queue = try rig.queue {
            Domain("d") { Worker() }.concurrency(2)
            OtherWorker()
        }
        let first = try await queue.submit(Work(), SubmitOptions(group: "g")).id
        try await queue.submit(Other(), SubmitOptions(runAfter: .delay(.seconds(60))))
        _ = try await rig.memory.submit(JobSubmission(type: "unknown"), at: rig.now)
        rig.time.advance(by: .seconds(5))

        let snapshot = try await queue.snapshot()
        #expect(snapshot.takenAt == rig.now)
        #expect(snapshot.phase == .idle)
        #expect(snapshot.worker == nil)
        #expect(snapshot.concurrency == 3)
        #expect(snapshot.running.isEmpty)
        #expect(snapshot.counts == StateCounts([.pending: 3]))
        #expect(snapshot.oldestPending?.id == first)
        #expect(snapshot.oldestPendingAge == .seconds(5))
        #expect(Set(snapshot.types.keys) == ["d.work", "other", "unknown"])
        #expect(snapshot.domains.map(\.name) == ["d", ""])
        #expect(snapshot.domains.map(\.limit) == [2, nil])
        #expect(snapshot.domains.map(\.counts.due) == [1, 0])
        #expect(snapshot.domains.map(\.counts.states[.pending]) == [1, 1])
        #expect(snapshot.groups.map(\.name) == [nil, "g"])
        #expect(snapshot.groups.map(\.counts.due) == [1, 1])
        let group = try #require(snapshot.groups.last)
        #expect(group.limit == 2 && group.running == 0 && group.rate?.tokens == 4)
        #expect(group.share == nil && group.allocation == nil)
        #expect(snapshot.uncommitted == 0 && !snapshot.isHoldingBack)
        #expect(snapshot.leastPriority == .idle)
    }

    @Test("Q2 what runs is told with its progress, in its domain and its group")
    func running() async throws {
        let rig = Rig()
        let gate = gate
        let queue = try rig.queue {
            Domain("d") {
                Worker { _, context in
                    context.report(progress: 0.5, message: "half")
                    await gate.passUncancelled()
                }
            }
            OtherWorker()
        }
        let id = try await queue.submit(Work(), SubmitOptions(priority: .high, group: "g")).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            let snapshot = try await queue.snapshot()
            #expect(snapshot.phase == .running)
            #expect(snapshot.workers.map(\.id) == [snapshot.worker])
            #expect(snapshot.workers.map(\.running) == [1])
            let job = try #require(snapshot.running.first)
            #expect(snapshot.running.count == 1)
            #expect(job.id == id && job.type == "d.work" && job.group == "g" && job.priority == .high)
            #expect(job.attempt == 1 && job.startedAt == rig.now && job.cancellation == nil)
            #expect(job.progress?.done == .fraction(0.5))
            #expect(job.progress?.message == "half")
            #expect(snapshot.domains.map(\.running) == [1, 0])
            #expect(snapshot.groups.map(\.name) == ["g"])
            #expect(snapshot.groups.map(\.running) == [1])
            #expect(snapshot.counts == StateCounts([.running: 1]))
            #expect(snapshot.oldestPending == nil && snapshot.oldestPendingAge == nil)
            #expect(snapshot.counters.claimed == 1)

            queue.shutdown()
            #expect(try await queue.snapshot().phase == .stopping)
            gate.open()
        }
        let after = try await queue.snapshot()
        #expect(after.phase == .idle && after.running.isEmpty && after.workers.isEmpty)
        #expect(after.counters.completed == 1)
    }

    @Test(
        "Q2 a limit is told with what it counts: the jobs of all workers, or of this one",
        arguments: [GroupRule.Scope.shared, .worker])
    func scopes(_ scope: GroupRule.Scope) async throws {
        var rig = Rig()
        rig.configuration.groups["g"] = GroupRule(limit: 3, scope: scope)
        let queue = try rig.queue { Worker() }
        let other = try await rig.memory.openWorker(lease: .seconds(1000), at: HostTime(rig.now))
        _ = try await rig.memory.submit(JobSubmission(type: "work", group: "g"), at: rig.now)
        let rules = AdmissionRules(types: ["work": 0], domains: [DomainRule(name: "")])
        _ = try await rig.memory.turn(
            finishing: [], claiming: ClaimRequest(worker: other, limit: 1, rules: rules), at: rig.now)
        let group = try #require(try await queue.snapshot().groups.first)
        #expect(group.scope == scope)
        #expect(group.counts.running == 1)
        #expect(group.running == (scope == .shared ? 1 : 0))
    }

    @Test("Q2 limits and rules are told as they were changed last")
    func changes() async throws {
        let queue = try Rig().queue { Domain("d") { Worker() }.concurrency(2) }
        try queue.limits.setConcurrency(7)
        try queue.limits.setConcurrency(5, ofDomain: "d")
        try queue.limits.setRule(GroupRule(limit: 6, scope: .worker), ofGroup: "g")
        try queue.limits.setRateLimit(.perSecond(2), of: Work.self)
        let snapshot = try await queue.snapshot()
        #expect(snapshot.concurrency == 7)
        #expect(snapshot.domains.map(\.limit) == [5])
        #expect(snapshot.groups.map(\.limit) == [6])
        #expect(snapshot.groups.map(\.scope) == [.worker])
        #expect(snapshot.typeRates.map(\.owner) == [.type("d.work")])
        #expect(snapshot.typeRates.map(\.tokens) == [2])
    }

    @Test("Q2 with fair share each group is told with the slots that it is entitled to")
    func allocations() async throws {
        var rig = Rig(concurrency: 8)
        rig.configuration.groups["narrow"] = GroupRule(limit: 1)
        rig.configuration.fairShare = FairSharePolicy(groups: [
            "heavy": FairSharePolicy.Share(weight: 3), "absent": FairSharePolicy.Share(weight: 100, minimumSlots: 2),
        ])
        let queue = try rig.queue { Worker() }
        for group in ["heavy", "light", "narrow", nil] as [String?] {
            for _ in 0..<20 { try await queue.submit(Work(), SubmitOptions(group: group)) }
        }
        let snapshot = try await queue.snapshot()
        #expect(snapshot.groups.map(\.name) == [nil, "absent", "heavy", "light", "narrow"])
        #expect(snapshot.groups.map(\.share?.weight) == [1, 100, 3, 1, 1])
        let slots = snapshot.groups.map { $0.allocation ?? -1 }
        for (found, wanted) in zip(slots, [1.4, 0, 4.2, 1.4, 1]) { #expect(abs(found - wanted) < 1e-9, "\(slots)") }
    }

    @Test("Q2 pressure is told by source, with what it holds back, and so are holds and schedules")
    func surroundings() async throws {
        struct Strain: PressureSource {
            let name: String
            let value: Double
            func pressure() -> Double { value }
        }
        var rig = Rig()
        rig.configuration.pressure = [Strain(name: "low", value: 0.1), Strain(name: "high", value: 0.6)]
        let queue = try rig.queue { Worker() }
        try await queue.pause(.group("g"), reason: "r")
        try await queue.schedules.register(Work(), .every(.seconds(60)), id: "s")
        let snapshot = try await queue.snapshot()
        #expect(snapshot.pressure.map(\.name) == ["low", "high"])
        #expect(snapshot.pressure.map(\.value) == [0.1, 0.6])
        #expect(snapshot.leastPriority == Priority(rawValue: 191))
        #expect(snapshot.pauses == [Pause(.group("g"), reason: "r")])
        #expect(snapshot.schedules.map(\.id) == ["s"])
    }

    @Test("Q2 a snapshot is encoded, and reads back as itself")
    func coding() async throws {
        var rig = Rig()
        rig.configuration.groups["g"] = GroupRule(limit: 2, rate: .perMinute(1))
        rig.configuration.fairShare = FairSharePolicy()
        let gate = gate
        let queue = try rig.queue {
            Worker { _, context in
                context.report(bytes: 4, of: 10)
                await gate.passUncancelled()
            }
        }
        try await queue.submit(Work(), SubmitOptions(group: "g"))
        try await queue.submit(Work(), SubmitOptions(group: "g"))
        try await queue.schedules.register(Work("s"), .every(.seconds(60)), id: "s")
        try await queue.pause(.domain("d"), until: rig.now.advanced(by: .seconds(9)))
        try await whileRunning(queue) {
            await gate.arrivals(1)
            let snapshot = try await queue.snapshot()
            let text = try JSONEncoder().encode(snapshot)
            #expect(try JSONDecoder().decode(QueueSnapshot.self, from: text) == snapshot)
            let read = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
            #expect((read["counts"] as? [String: Int])?["running"] == snapshot.counts[.running])
            #expect((read["types"] as? [String: Any])?.keys.map { $0 } == ["work"])
            gate.open()
        }
    }

    @Test("Q2 what the store refuses is thrown")
    func failure() async throws {
        let error = QueueError(.busy, "locked", isTransient: true)
        let rig = Rig()
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(.snapshot), throwing: error)])
        let queue = try rig.queue(over: store) { Worker() }
        await #expect(throws: QueueError.self) { _ = try await queue.snapshot() }
        #expect(try await queue.snapshot().phase == .idle)
    }
}
