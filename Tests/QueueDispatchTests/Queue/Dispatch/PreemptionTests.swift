import QueueModel
import QueueTesting
import Synchronization
import Testing

@testable import QueueDispatch

@Suite("Preemption") struct PreemptionTests {
    private let gate = Gate()
    private let runs = Recorder<String>()

    /// Jobs wait at the gate, except those named "urgent", which wait at another.
    private func queue(_ rig: Rig, urgent: Gate) throws -> JobQueue {
        try rig.queue {
            Worker { [gate, runs] job, _ in
                runs.append(job.name)
                try await (job.name == "urgent" ? urgent : gate).pass()
            }
        }
    }

    @Test("D7 a realtime job that finds no slot sets the least urgent running one aside, which runs again afterwards")
    func sets() async throws {
        let urgent = Gate()
        let queue = try queue(Rig(concurrency: 2), urgent: urgent)
        try await whileRunning(queue) {
            let normal = try await queue.submit(Work("normal")).id
            let idle = try await queue.submit(Work("idle"), SubmitOptions(priority: .idle)).id
            await gate.arrivals(2)
            let events = queue.events(of: idle)
            let first = try await queue.submit(Work("urgent"), SubmitOptions(priority: .realtime)).id
            await urgent.arrivals(1)
            _ = await events.first { $0 == .preempted }
            let record = try #require(try await queue.job(idle))
            #expect(record.state == .preempted)
            #expect(record.retries == 0 && record.crashes == 0 && record.failure == nil)
            #expect(try await queue.explain(idle).obstacles == [.preempted])
            #expect(try await queue.job(normal)?.state == .running)
            // A slot that comes free is not for it as long as the urgent one runs.
            gate.letGo()
            try await queue.expectEnd(of: normal, .completed)
            let marker = try await queue.submit(Work("marker")).id
            await gate.arrivals(3)
            #expect(try await queue.job(idle)?.state == .preempted)
            urgent.open()
            try await queue.expectEnd(of: first, .completed)
            gate.open()
            try await queue.expectEnd(of: idle, .completed)
            try await queue.expectEnd(of: marker, .completed)
            let attempts = try await queue.inspector.attempts(of: idle)
            #expect(attempts.map(\.failure?.kind) == [.interrupted, nil])
        }
        #expect(runs.all.filter { $0 == "idle" }.count == 2)
    }

    @Test("D7 as many are set aside as are needed, the last started first among equals")
    func many() async throws {
        let urgent = Gate()
        let queue = try queue(Rig(concurrency: 3), urgent: urgent)
        try await whileRunning(queue) {
            let ids = try await queue.submit(contentsOf: [Work("a"), Work("b"), Work("c")]).map(\.id)
            await gate.arrivals(3)
            let two = try await queue.submit(
                contentsOf: [Work("urgent"), Work("urgent")], SubmitOptions(priority: .realtime)
            ).map(\.id)
            await urgent.arrivals(2)
            #expect(try await queue.job(ids[0])?.state == .running)
            for id in ids[1...] { #expect(try await queue.job(id)?.state == .preempted) }
            urgent.open()
            gate.open()
            for id in ids + two { try await queue.expectEnd(of: id, .completed) }
        }
    }

    @Test(
        "D7 nothing is set aside for a job that is less urgent than asked, or with preemption off",
        arguments: [nil, Priority.high])
    func off(at priority: Priority?) async throws {
        var rig = Rig(concurrency: 1)
        rig.configuration.preemptsAt = priority
        let urgent = Gate()
        let queue = try queue(rig, urgent: urgent)
        try await whileRunning(queue) {
            let running = try await queue.submit(Work("a")).id
            await gate.arrivals(1)
            let late = try await queue.submit(
                Work("urgent"), SubmitOptions(priority: priority == nil ? .realtime : 65)
            ).id
            // Whoever looked has looked when the next job that preempts has come, or the running one has ended.
            if priority != nil {
                let urgentID = try await queue.submit(Work("urgent"), SubmitOptions(priority: .high)).id
                await urgent.arrivals(1)
                #expect(try await queue.job(running)?.state == .preempted)
                #expect(try await queue.job(late)?.state == .pending)
                urgent.open()
                try await queue.expectEnd(of: urgentID, .completed)
            } else {
                gate.open()
                urgent.open()
                try await queue.expectEnd(of: running, .completed)
                #expect(try await queue.inspector.attempts(of: running).count == 1)
            }
            gate.open()
            try await queue.expectEnd(of: late, .completed)
            try await queue.expectEnd(of: running, .completed)
        }
    }

    @Test("D7 jobs that are as urgent themselves are not set aside")
    func equals() async throws {
        let urgent = Gate()
        let queue = try queue(Rig(concurrency: 1), urgent: urgent)
        try await whileRunning(queue) {
            let first = try await queue.submit(Work("urgent"), SubmitOptions(priority: .realtime)).id
            await urgent.arrivals(1)
            let second = try await queue.submit(Work("urgent"), SubmitOptions(priority: .realtime)).id
            urgent.open()
            try await queue.expectEnd(of: first, .completed)
            try await queue.expectEnd(of: second, .completed)
            #expect(try await queue.inspector.attempts(of: first).count == 1)
        }
    }

    @Test("D7 an executor that ignores its cancellation and returns has completed")
    func ignores() async throws {
        let urgent = Gate()
        let rig = Rig(concurrency: 1)
        let queue = try rig.queue {
            Worker { [gate] job, context in
                if job.name == "urgent" { return try await urgent.pass() }
                await gate.passUncancelled()
                #expect(context.cancellation == .preempted)
            }
        }
        urgent.open()
        try await whileRunning(queue) {
            let stubborn = try await queue.submit(Work("a")).id
            await gate.arrivals(1)
            let late = try await queue.submit(Work("urgent"), SubmitOptions(priority: .realtime)).id
            try await rig.advance { try await queue.explain(stubborn).job.state == .running && self.isAsked(queue) }
            gate.open()
            try await queue.expectEnd(of: stubborn, .completed)
            try await queue.expectEnd(of: late, .completed)
        }
    }

    private func isAsked(_ queue: JobQueue) -> Bool {
        queue.core.worker?.status.running.contains { $0.cancellation == .preempted } ?? false
    }

    @Test("D7 a job that was set aside can be cancelled")
    func cancels() async throws {
        let urgent = Gate()
        let queue = try queue(Rig(concurrency: 1), urgent: urgent)
        try await whileRunning(queue) {
            let idle = try await queue.submit(Work("idle"), SubmitOptions(priority: .idle)).id
            await gate.arrivals(1)
            let events = queue.events(of: idle)
            _ = try await queue.submit(Work("urgent"), SubmitOptions(priority: .realtime))
            _ = await events.first { $0 == .preempted }
            guard case .cancelled = try await queue.cancel(idle) else {
                Issue.record("it was not cancelled")
                return
            }
            try await queue.expectEnd(of: idle, .cancelled)
            urgent.open()
        }
    }
}
