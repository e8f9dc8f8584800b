import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Leases") struct LeaseTests {
    private func rig() -> Rig {
        var rig = Rig()
        rig.configuration.lease = .seconds(30)
        return rig
    }

    @Test("L5 a lease is renewed three times in its time")
    func renewals() async throws {
        let rig = rig()
        let renewed = Gate()
        renewed.open()
        let store = FaultyStore(rig.memory)
        let queue = try rig.queue(over: store) { Worker() }
        try await whileRunning(queue) {
            try await rig.time.clock.sleepers(atLeast: 1)
            for count in 1...5 {
                #expect(store.calls(of: .renewLease) == count - 1)
                rig.time.advance(by: .seconds(10))
                while store.calls(of: .recover) < count + 1 { await Task.yield() }
                try await rig.time.clock.sleepers(atLeast: 1)
                #expect(store.calls(of: .renewLease) == count)
            }
        }
    }

    @Test("L5 a worker that lost its lease stops its jobs, is told that they are stale, and goes on with a new lease")
    func lostLease() async throws {
        let rig = rig()
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let cleaned = Recorder<String>()
        let queue = try rig.queue {
            Worker { _, context in
                guard context.attempt == 1 else { return }
                await gate.passUncancelled()
                reasons.append(context.cancellation)
            } cancelled: { job, _ in
                cleaned.append(job.name)
            }
        }
        let id = try await queue.submit(Work()).id
        let stale = queue.events(.trouble)
        try await whileRunning(queue) {
            await gate.arrivals(1)
            let worker = try #require(try await queue.job(id)?.worker)
            rig.memory.crash(worker)
            _ = try await rig.memory.recover(at: HostTime(rig.now), maximumCrashes: 3)
            rig.time.advance(by: .seconds(10))
            // The new lease has the job already, while the old attempt goes on.
            try await queue.expectEnd(of: id, .completed)
            #expect(try await queue.job(id)?.worker != worker)
            gate.open()
            #expect(await stale.first { _ in true }?.kind == .stale)
        }
        #expect(reasons.all == [.leaseLost])
        #expect(cleaned.all.isEmpty)
        #expect(try await queue.job(id)?.attempt == 2)
        #expect(rig.log.lines(.warning, containing: "lost its lease").count == 1)
    }

    @Test("L5 a job that is taken from its worker is stopped as such at once, and not as cancelled")
    func takenJob() async throws {
        let rig = rig()
        let gate = Gate()
        let reason = Recorder<JobContext.CancellationReason?>()
        let queue = try rig.queue {
            Worker { _, context in
                defer { reason.append(context.cancellation) }
                try await gate.pass()
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.pause(.queue, until: rig.now)
        try await whileRunning(queue) {
            await gate.arrivals(1)
            let worker = try #require(try await queue.job(id)?.worker)
            let stale = queue.events(.trouble)
            try await queue.pause(.queue)
            rig.memory.crash(worker)
            // Another worker recovers the job; the signal reaches the one that runs it.
            _ = try await rig.memory.recover(at: HostTime(rig.now), maximumCrashes: 3)
            _ = await stale.first { _ in true }
        }
        #expect(reason.all == [.leaseLost])
        #expect(try await queue.job(id)?.state == .pending)
    }

    @Test(
        "L5 a claim that finds the lease lost opens a new one, whether or not ends came with it",
        arguments: [true, false])
    func lostWhileClaiming(hasEnds: Bool) async throws {
        let rig = rig()
        let gate = Gate()
        let queue = try rig.queue { Worker { job, _ in if job.name == "first" { try await gate.pass() } } }
        let first = try await queue.submit(Work("first")).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            let worker = try #require(try await queue.job(first)?.worker)
            try await queue.pause(.queue)
            rig.memory.crash(worker, hostWentDown: true)
            if hasEnds {
                gate.open()
            }
            _ = try await rig.memory.recover(at: HostTime(rig.now), maximumCrashes: 3)
            let second = try await queue.submit(Work("second")).id
            try await queue.resume(.queue)
            gate.open()
            try await rig.advance { try await queue.job(second)?.state == .completed }
            try await rig.advance { try await queue.job(first)?.state == .completed }
        }
        #expect(queue.counters.rejected == 0)
    }

    @Test("L4 a job that is recovered while a claim is under way runs where it is claimed, and is not stopped there")
    func recoveredWhileClaiming() async throws {
        let rig = rig()
        let claim = Gate()
        let store = HookedStore(rig.memory) { _, request throws(QueueError) in
            if request != nil { await claim.passUncancelled() }
        }
        let id = try await rig.memory.submit(
            JobSubmission(type: "work", payload: try TestCoder().encode(Work())), at: rig.now
        ).id
        let dead = try await rig.memory.openWorker(lease: .seconds(30), at: HostTime(rig.now))
        let rules = AdmissionRules(types: ["work": 0], domains: [DomainRule(name: "")])
        _ = try await rig.memory.turn(
            finishing: [], claiming: ClaimRequest(worker: dead, limit: 1, rules: rules), at: rig.now)
        let queue = try rig.queue(over: store) { Worker { _, context in try context.checkCancellation() } }
        try await whileRunning(queue) {
            await claim.arrivals(1)
            rig.memory.crash(dead)
            // Its signal says that the job was taken from its worker, when the claim has begun and has not got it yet.
            _ = try await rig.memory.recover(at: HostTime(rig.now), maximumCrashes: 3)
            claim.open()
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("L4 at its start a queue takes back the jobs of dead workers")
    func recovery() async throws {
        let rig = rig()
        let rules = AdmissionRules(types: ["work": 0], domains: [DomainRule(name: "")])
        let queue = try rig.queue { Worker() }
        let id = try await queue.submit(Work()).id
        let dead = try await rig.memory.openWorker(lease: .seconds(30), at: HostTime(rig.now))
        _ = try await rig.memory.turn(
            finishing: [], claiming: ClaimRequest(worker: dead, limit: 1, rules: rules), at: rig.now)
        rig.memory.crash(dead)
        let events = queue.events(of: id, [.unblocked, .started, .ended])
        try await queue.runUntilIdle()
        #expect(await events.kinds() == [.recovered, .started(attempt: 2), .ended(.completed, nil)])
        #expect(try await queue.job(id)?.crashes == 1)
    }

    @Test("L5 a worker that is alive is not robbed by another of the store")
    func liveWorker() async throws {
        let rig = rig()
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        let other = try rig.queue { OtherWorker() }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await whileRunning(other) {
                for _ in 0..<6 {
                    rig.time.advance(by: .seconds(10))
                    try await rig.time.clock.sleepers(atLeast: 2)
                    // Each has renewed its lease before the next step.
                    try await other.expectEnd(of: try await other.submit(Other()).id, .completed)
                }
            }
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(try await queue.job(id)?.attempt == 1)
        #expect(try await queue.job(id)?.crashes == 0)
    }

    @Test("L5 upkeep that fails is logged and tried again")
    func upkeepErrors() async throws {
        let rig = rig()
        let store = FaultyStore(rig.memory)
        store.add(Fault(.operation(.renewLease), throwing: QueueError(.busy, "locked", isTransient: true)))
        let queue = try rig.queue(over: store) { Worker() }
        try await whileRunning(queue) {
            try await rig.advance { store.calls(of: .renewLease) == 2 }
            try await queue.expectEnd(of: try await queue.submit(Work()).id, .completed)
        }
        #expect(rig.log.lines(.warning, containing: "upkeep").count == 1)
    }
}
