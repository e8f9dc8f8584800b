import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization
import Testing

@testable import QueueDispatch

/// A sampler whose counters a test moves.
private final class Counters: ResourceSampler {
    private let total = Mutex<IOAmount?>(.zero)

    func sample() throws -> IOAmount {
        guard let total = total.withLock({ $0 }) else { throw PlainError() }
        return total
    }

    func add(_ bytes: Int64) { total.withLock { $0?.diskRead += bytes } }
    func fail() { total.withLock { $0 = nil } }
}

@Suite("Load") struct LoadTests {
    @Test("D9 what the pressure holds back is looked at again without a signal, and keeps a queue from being idle")
    func pressureFalls() async throws {
        let strain = Strain()
        var rig = Rig()
        rig.configuration.pressure = [strain]
        strain.set(0.6)
        let queue = try rig.queue { Worker() }
        let held = try await queue.submit(Work(), SubmitOptions(priority: .background)).id
        let passed = try await queue.submit(Work()).id
        async let run: Void = queue.runUntilIdle()
        try await queue.expectEnd(of: passed, .completed)
        #expect(
            try await queue.explain(held).blocks == [
                QueueModel.Gate.Block(.pressure, .pressure(leastPriority: Priority(rawValue: 191)))
            ])
        strain.set(0.1)
        try await rig.advance { try await queue.job(held)?.state == .completed }
        try await run
    }

    /// A queue with a budget that was measured as 1000 bytes.
    private func queue(_ rig: inout Rig, _ counters: Counters, _ gate: Gate) throws -> JobQueue {
        rig.configuration.ioBudget = IOBudget(counters, share: 0.5, window: .seconds(2))
        return try rig.queue {
            Worker { job, _ in if job.name != "free" { try await gate.pass() } }
        }
    }

    private func submit(_ queue: JobQueue, _ name: String, reading bytes: Int64) async throws -> JobID {
        try await queue.submit(Work(name), SubmitOptions(expectedIO: IOAmount(diskRead: bytes))).id
    }

    @Test("D10 a job waits while it and the running ones would move more than the budget, and others pass it")
    func budget() async throws {
        var rig = Rig()
        let (counters, gate) = (Counters(), Gate())
        let queue = try queue(&rig, counters, gate)
        #expect(queue.core.rules.current().ioBudget == nil)
        rig.time.advance(by: .seconds(1))
        counters.add(1024)
        #expect(
            queue.core.rules.current().ioBudget
                == IOAmount(diskRead: 1024, diskWritten: .max, networkReceived: .max, networkSent: .max))
        try await whileRunning(queue) {
            let first = try await submit(queue, "a", reading: 768)
            await gate.arrivals(1)
            let second = try await submit(queue, "b", reading: 512)
            let fits = try await submit(queue, "c", reading: 256)
            await gate.arrivals(2)
            let free = try await queue.submit(Work("free")).id
            try await queue.expectEnd(of: free, .completed)
            let hold = try #require(try await queue.explain(second).blocks.first)
            #expect(hold.gate == .ioRoom)
            if case .ioRoom(let running, let own, let budget) = hold.reason {
                #expect(running.diskRead == 1024 && own.diskRead == 512 && budget.diskRead == 1024)
            } else {
                Issue.record("\(hold)")
            }
            gate.letGo()
            try await queue.expectEnd(of: first, .completed)
            await gate.arrivals(3)
            gate.open()
            try await queue.expectEnd(of: second, .completed)
            try await queue.expectEnd(of: fits, .completed)
        }
    }

    @Test("D10 a job that would never fit runs alone")
    func alone() async throws {
        var rig = Rig()
        let (counters, gate) = (Counters(), Gate())
        let queue = try queue(&rig, counters, gate)
        _ = queue.core.rules.current()
        rig.time.advance(by: .seconds(1))
        counters.add(1024)
        try await whileRunning(queue) {
            let large = try await submit(queue, "large", reading: 1 << 40)
            await gate.arrivals(1)
            let small = try await submit(queue, "small", reading: 1)
            let free = try await queue.submit(Work("free")).id
            try await queue.expectEnd(of: free, .completed)
            #expect(try await queue.job(small)?.state == .pending)
            gate.open()
            try await queue.expectEnd(of: large, .completed)
            try await queue.expectEnd(of: small, .completed)
        }
    }

    @Test("D10 what can't be measured limits nothing, and is said once")
    func blind() async throws {
        var rig = Rig()
        let (counters, gate) = (Counters(), Gate())
        let queue = try queue(&rig, counters, gate)
        counters.fail()
        gate.open()
        for _ in 0..<3 {
            _ = queue.core.rules.current()
            rig.time.advance(by: .seconds(1))
        }
        #expect(queue.core.rules.current().ioBudget == nil)
        #expect(rig.log.lines(.warning, containing: "can't be measured").count == 1)
    }

    @Test("D10 a budget out of range is refused", arguments: [0, 1.01, -.infinity, .nan])
    func share(_ share: Double) async throws {
        await expect(failing: .invalidOption) { try IOBudget(.system, share: share).validate() }
    }

    @Test("D10 a window or time constant out of range is refused")
    func window() async throws {
        await expect(failing: .invalidOption) { try IOBudget(.system, window: .milliseconds(99)).validate() }
        await expect(failing: .invalidOption) { try IOBudget(.system, timeConstant: .zero).validate() }
        try IOBudget(.system).validate()
    }
}
