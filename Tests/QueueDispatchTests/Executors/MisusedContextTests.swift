import QueueDispatch
import QueueModel
import QueueTesting
import Synchronization
import Testing

@Suite("Contexts that are misused") struct MisusedContextTests {
    @Test(
        "Q4 progress out of range counts as the nearer end, and what is no number is left out",
        arguments: [
            ([-0.5], 0), ([1.5], 1), ([.infinity], 1), ([-.infinity], 0), ([0.25, .nan], 0.25),
            ([0.25, .signalingNaN], 0.25),
        ])
    func progress(reports: [Double], fraction: Double) async throws {
        let queue = try Rig().queue {
            Worker { _, context in for report in reports { context.report(progress: report) } }
        }
        let id = try await queue.submit(Work()).id
        let events = queue.events(of: id, .progressed)
        try await queue.runUntilIdle()
        guard case .progressed(let progress)? = await events.kinds().last else {
            Issue.record("no progress was told")
            return
        }
        #expect(progress.fraction == fraction)
    }

    @Test("Q4 more of a count than there is, or less than nothing, has a fraction all the same")
    func counts() async throws {
        let reports: [(Int, Int?, Double?)] = [
            (7, 5, 1), (-7, 5, 0), (7, -5, 1), (.max, .min, 1), (.min, .max, 0), (7, nil, nil),
        ]
        for (count, total, fraction) in reports {
            let queue = try Rig().queue { Worker { _, context in context.report(count: count, of: total) } }
            let id = try await queue.submit(Work()).id
            let events = queue.events(of: id, .progressed)
            try await queue.runUntilIdle()
            guard case .progressed(let progress)? = await events.kinds().last else {
                Issue.record("no progress was told of \(count) of \(String(describing: total))")
                continue
            }
            #expect(progress.fraction == fraction, "\(count) of \(String(describing: total))")
        }
    }

    @Test("E1 bytes without measure add up to as many as can be counted, and less than none is none")
    func bytes() async throws {
        let queue = try Rig().queue {
            Worker { _, context in
                for _ in 0..<2 { context.report(io: IOAmount(diskRead: .max / 2 + 1, diskWritten: -5)) }
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let io = try #require(try await queue.job(id)?.io)
        #expect(io.diskRead == .max)
        #expect(io.diskWritten == 0)
    }

    @Test("E1 a checkpoint above the limit is refused, and the one before it stays")
    func checkpoint() async throws {
        var rig = Rig()
        rig.configuration.checkpointBytes = 10
        let seen = Recorder<String?>()
        let codes = Recorder<QueueError.Code?>()
        let queue = try rig.queue {
            Worker { _, context in
                seen.append(try context.checkpoint(as: String.self))
                if context.attempt > 1 { return }
                try await context.save(checkpoint: "12345678")
                do { try await context.save(checkpoint: "123456789") } catch {
                    codes.append((error as? QueueError)?.code)
                }
                seen.append(try context.checkpoint(as: String.self))
                throw JobError.retryable("again", after: .milliseconds(0))
            }
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(codes.all == [.checkpointTooLarge])
        #expect(seen.all == [nil, "12345678", "12345678"])
    }

    // MARK: Tasks that outlive their attempt

    @Test("E1 what a task calls that outlives its job is refused or changes nothing")
    func forgotten() async throws {
        let queue = try Rig().queue {
            Worker { _, context in Leftover.context.withLock { $0 = context } }
            OtherWorker()
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let before = try await queue.job(id)
        let context = try #require(Leftover.context.withLock { $0 })
        context.report(progress: 0.5)
        context.report(io: IOAmount(diskRead: 1))
        context.setTimeLimit(.zero)
        await expect(failing: .leaseLost) { try await queueErrors { try await context.save(checkpoint: 1) } }
        await expect(failing: .unknownParent) { try await queueErrors { try await context.spawn(Other()) } }
        await expect(failing: .notPossibleNow) { try context.attach(MemoryEffect { $0["late"] = [1] }) }
        #expect(try await queue.job(id) == before)
        #expect(try await queue.count(JobQuery()) == 1)
    }

    @Test("E1 what a task calls that outlives its attempt does not reach the next attempt", arguments: [true, false])
    func forgottenAttempt(inPlace: Bool) async throws {
        let rig = Rig()
        let gate = Gate()
        let contexts = Recorder<JobContext>()
        let queue = try rig.queue {
            Worker { _, context in
                contexts.append(context)
                if context.attempt == 1 { throw JobError.retryable("again", after: inPlace ? .zero : .seconds(1)) }
                try await gate.pass()
            }
        }
        let retried = queue.events(.attempts)
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            _ = await retried.first { _ in true }
            if !inPlace { rig.time.advance(by: .seconds(1)) }
            await gate.arrivals(1)
            let first = try #require(contexts.all.first)
            #expect(first.attempt == 1)
            #expect(contexts.all.last?.attempt == 2)
            first.setTimeLimit(.zero)
            #expect(contexts.all.last?.timeLeft == nil)
            await expect(failing: .leaseLost) { try await queueErrors { try await first.save(checkpoint: 1) } }
            await expect(failing: .notPossibleNow) { try first.attach(MemoryEffect { $0["late"] = [1] }) }
            gate.open()
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(try await queue.job(id)?.checkpoint == nil)
        #expect(rig.memory.values.isEmpty)
    }

    /// Where the test of forgotten tasks keeps what an executor should not have given away.
    private enum Leftover {
        static let context = Mutex<JobContext?>(nil)
    }

    private func queueErrors(_ body: () async throws -> some Any) async throws(QueueError) {
        do {
            _ = try await body()
        } catch let error as QueueError {
            throw error
        } catch {
            Issue.record("\(error)")
        }
    }
}
