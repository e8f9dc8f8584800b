import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Order") struct OrderTests {
    @Test("S3 one at a time, jobs run by priority and then in the order of submission")
    func byPriority() async throws {
        let ran = Recorder<String>()
        let queue = try Rig(concurrency: 1).queue { Worker { job, _ in ran.append(job.name) } }
        let priorities: [Priority] = [.normal, .idle, .high, .normal, .realtime, .high, .background, 129]
        for (place, priority) in priorities.enumerated() {
            try await queue.submit(Work("\(priority.rawValue)-\(place)"), SubmitOptions(priority: priority))
        }
        try await queue.runUntilIdle()
        #expect(ran.all == ["0-4", "64-2", "64-5", "128-0", "128-3", "129-7", "192-6", "255-1"])
    }

    @Test("S5 a duplicate that is more urgent raises the job")
    func upgrade() async throws {
        let ran = Recorder<String>()
        let queue = try Rig(concurrency: 1).queue { Worker { job, _ in ran.append(job.name) } }
        try await queue.submit(Work("a"))
        let key = SubmitOptions(uniqueness: .key("k"))
        let first = try await queue.submit(Work("b"), key)
        let second = try await queue.submit(Work("b"), SubmitOptions(priority: .high, uniqueness: .key("k")))
        #expect(second == .upgraded(first.id))
        try await queue.runUntilIdle()
        #expect(ran.all == ["b", "a"])
    }

    @Test("S5 a running job that is asked to run again does so once after it ends")
    func rerun() async throws {
        let gate = Gate()
        let queue = try Rig().queue { Worker { _, _ in try await gate.pass() } }
        let options = SubmitOptions(onDuplicate: .rerun, uniqueness: .key("k"))
        let ended = queue.events(.ended)
        try await whileRunning(queue) {
            let id = try await queue.submit(Work(), options).id
            await gate.arrivals(1)
            #expect(try await queue.submit(Work(), options) == .rerunQueued(id))
            #expect(try await queue.submit(Work(), options) == .rerunQueued(id))
            gate.open()
            _ = await ended.first { _ in true }
            _ = await ended.first { _ in true }
        }
        #expect(gate.arrivals == 2)
        #expect(try await queue.counts() == StateCounts([.completed: 2]))
    }

    @Test("S5 a running job that is superseded is told to stop, and the new one runs")
    func supersede() async throws {
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let queue = try Rig().queue {
            Worker { job, context in
                guard job.name == "old" else { return }
                try? await gate.pass()
                reasons.append(context.cancellation)
            }
        }
        let options = SubmitOptions(onDuplicate: .supersede, uniqueness: .key("k"))
        try await whileRunning(queue) {
            let old = try await queue.submit(Work("old"), options).id
            await gate.arrivals(1)
            let oldEvents = queue.events(of: old)
            let outcome = try await queue.submit(Work("new"), options)
            #expect(outcome == .superseded(old: old, by: outcome.id))
            try await queue.expectEnd(of: outcome.id, .completed)
            #expect(await oldEvents.kinds() == [.ended(.superseded, nil)])
            #expect(try await queue.job(old)?.state == .superseded)
        }
        #expect(reasons.all == [.cancelled])
        #expect(queue.counters.stale == 1)
    }
}
