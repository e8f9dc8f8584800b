import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Progress") struct ProgressTests {
    private let gate = Gate()

    @Test("Q4 subscribers are told the last report of an interval, and the very last before the end")
    func throttling() async throws {
        let rig = Rig()
        let gate = gate
        let queue = try rig.queue {
            Worker { _, context in
                context.report(progress: 0.25)
                context.report(progress: 0.5, message: "half")
                await gate.passUncancelled()
                context.report(progress: 0.75)
                context.report(progress: 1, message: "all")
            }
        }
        let id = try await queue.submit(Work()).id
        let events = queue.events(of: id, [.progressed, .ended])
        let told = Flag()
        try await whileRunning(queue) {
            async let first = {
                let event = await events.first { _ in true }
                told.isSet = true
                return event
            }()
            await gate.arrivals(1)
            try await rig.advance { told.isSet }
            guard case .progressed(let progress)? = await first?.kind else {
                Issue.record("no progress was told")
                return
            }
            #expect(progress.done == .fraction(0.5))
            #expect(progress.message == "half")
            gate.open()
            let rest = await events.kinds()
            guard case .progressed(let last)? = rest.first else {
                Issue.record("\(rest) was told")
                return
            }
            #expect(last.done == .fraction(1))
            #expect(last.message == "all")
            #expect(rest.dropFirst() == [.ended(.completed, nil)])
        }
    }

    @Test(
        "Q4 a fraction is told within 0…1, and what is no number is left out",
        arguments: [(-1, 0), (0.25, 0.25), (7, 1), (.infinity, 1)] as [(Double, Double)])
    func range(reported: Double, told: Double) async throws {
        let queue = try Rig().queue {
            Worker { _, context in
                context.report(progress: reported)
                context.report(progress: .nan)
            }
        }
        let events = queue.events(.progressed)
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        await queue.close()
        let kinds = await events.kinds()
        #expect(kinds.count == 1)
        guard case .progressed(let progress)? = kinds.first else { return }
        #expect(progress.done == .fraction(told))
    }

    @Test("Q4 a running job can be looked at without a subscription, with its rate and its bytes")
    func looking() async throws {
        let rig = Rig()
        let gate = gate
        let queue = try rig.queue {
            Worker { _, context in
                context.report(bytes: 0, of: 1000)
                await gate.passUncancelled()
                context.report(bytes: 400, of: 1000, message: "m")
                context.report(io: IOAmount(diskRead: 400))
                await gate.passUncancelled()
            }
        }
        let id = try await queue.submit(Work()).id
        #expect(await queue.inspector.progress(of: id) == nil)
        #expect(await queue.inspector.running().isEmpty)
        try await whileRunning(queue) {
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(4))
            gate.letGo()
            await gate.arrivals(2)
            let progress = await queue.inspector.progress(of: id)
            #expect(progress?.done == .bytes(400, of: 1000))
            #expect(progress?.message == "m")
            #expect(progress?.rate?.rounded() == 100)
            #expect(progress?.timeLeft.map { ($0 / .seconds(1)).rounded() } == 6)
            let running = await queue.inspector.running()
            #expect(running.map(\.job.id) == [id])
            #expect(running.first?.progress == progress)
            #expect(running.first?.attempt == 1)
            #expect(running.first?.io == IOAmount(diskRead: 400))
            #expect(running.first?.startedAt == rig.now.advanced(by: .seconds(-4)))
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(await queue.inspector.progress(of: id) == nil)
    }

    @Test("Q4 the next attempt begins with nothing reported, also in place")
    func attempts() async throws {
        let gate = gate
        let queue = try Rig().queue {
            Worker { _, context in
                if context.attempt == 2 { return await gate.passUncancelled() }
                context.report(count: 5, of: 10)
                throw JobError.retryable("again", after: .zero)
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            #expect(await queue.inspector.progress(of: id) == nil)
            #expect(await queue.inspector.running().map(\.attempt) == [2])
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
    }

    /// A queue whose first jobs take ten seconds, and the one named `held` as long as a test wants.
    private func silent(_ rig: Rig) throws -> JobQueue {
        try rig.queue {
            Worker { [gate] job, _ in
                if job.name == "held" { return await gate.passUncancelled() }
                rig.time.wall.advance(by: .seconds(10))
            }
        }
    }

    @Test(
        "Q4 a job that reports nothing is estimated by what jobs of its type took, here or in the store's history",
        arguments: [true, false])
    func estimate(byHistory: Bool) async throws {
        let rig = Rig()
        var queue = try silent(rig)
        for name in ["a", "b"] {
            try await queue.submit(Work(name))
            try await queue.runUntilIdle()
        }
        if byHistory { queue = try silent(rig) }
        let id = try await queue.submit(Work("held")).id
        try await whileRunning(queue) { [queue] in
            await gate.arrivals(1)
            rig.time.wall.advance(by: .seconds(4))
            let progress = await queue.inspector.progress(of: id)
            #expect(progress?.isEstimate == true)
            #expect(progress?.fraction == 0.4)
            #expect(progress?.timeLeft == .seconds(6))
            rig.time.wall.advance(by: .seconds(100_000))
            let late = try #require(await queue.inspector.progress(of: id)?.fraction)
            #expect((0.9..<1).contains(late))
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("Q4 estimates are told to subscribers too, and end before the job does")
    func toldEstimates() async throws {
        let rig = Rig()
        let queue = try silent(rig)
        try await queue.submit(Work("a"))
        try await queue.runUntilIdle()
        let id = try await queue.submit(Work("held")).id
        let events = queue.events(of: id, [.progressed, .ended])
        let told = Flag()
        try await whileRunning(queue) {
            async let first = {
                let event = await events.first { _ in true }
                told.isSet = true
                return event
            }()
            await gate.arrivals(1)
            try await rig.advance { told.isSet }
            guard case .progressed(let progress)? = await first?.kind else {
                Issue.record("no estimate was told")
                return
            }
            #expect(progress.isEstimate)
            gate.open()
            #expect(await events.kinds().last == .ended(.completed, nil))
        }
    }

    @Test("Q4 nothing wakes the loop for progress while nobody listens, or nothing runs", arguments: [true, false])
    func sleeping(listens: Bool) async throws {
        let rig = Rig()
        let gate = gate
        let queue = try rig.queue {
            Worker { _, context in
                context.report(progress: 0.5)
                await gate.passUncancelled()
            }
        }
        let events = listens ? queue.events(.progressed) : nil
        if !listens { try await queue.submit(Work()) }
        try await whileRunning(queue) {
            if !listens { await gate.arrivals(1) }
            try await rig.time.clock.sleepers(atLeast: 1)
            // The next look without a signal, and nothing before.
            let deadline = try #require(rig.time.clock.nextDeadline)
            #expect(rig.time.clock.now.duration(to: deadline) == .seconds(1000))
            gate.open()
        }
        _ = events
    }

    @Test("Q4 an interval below a millisecond is refused")
    func badInterval() async {
        var rig = Rig()
        rig.configuration.progressInterval = .microseconds(999)
        await expect(failing: .invalidOption) { [rig] in try rig.queue { Worker() } }
    }
}
